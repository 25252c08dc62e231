import { Random } from "../../core/random.ts";
import { rowsOf } from "../../core/tensor.ts";
import type { RowLists, Tensor } from "../../core/tensor.ts";
import type { Ops, Space, Table } from "../../engines/ops.ts";
import type { KeyValueCache, Queries } from "../cache.ts";
import { tellListed, tellScores } from "./choices.ts";
import { inChunks } from "./chunks.ts";
import type { IndexFormat } from "./index-formats.ts";
import { indexQueries } from "./lightning.ts";
import type { IndexerParams, Projection } from "./lightning.ts";
import { allLists, emptyLists, joined, rowLists } from "./lists.ts";
import {
  bestListed,
  blockMaxima,
  firstRows,
  tokensSeen,
  unitAndCurrentSpans,
  unitsBefore,
} from "./select.ts";
import { Sketch } from "./sketch.ts";

// A choice of tokens in two levels: an earlier layer's index scores every token and publishes blocks of candidates, and
// this layer scores the tokens of those blocks alone.

export interface TwoLevelParams extends IndexerParams {
  readonly indexDim: number;
  /** blocks that the earlier layer publishes, the query's own included */
  readonly candidates: number;
  /** tokens of a block */
  readonly block: number;
  /** layers that share the candidates, with the one that publishes them */
  readonly period: number;
  /** how far the earlier layer's query is from this one's, in units of its norm */
  readonly drift: number;
}

/** One key for each token, read whole by the layer that publishes candidates, and in part by the others. */
export interface TwoLevelIndex {
  readonly space: Space;
  readonly projection: Projection;
  readonly keys: Tensor;
  readonly keyBytes: number;
}

/** Indexes the tokens by a fixed random projection of the keys of all kv heads. */
export function twoLevelIndex(
  { heads, tokens, headDim, seed }: KeyValueCache,
  { name, indexDim, format }: { name: string; indexDim: number; format: IndexFormat },
  ops: Ops,
): TwoLevelIndex {
  const { space } = heads[0]!;
  const sketch = new Sketch(heads.length, headDim, indexDim, new Random(`${seed}/${name}`));
  const keys = space.empty(tokens, indexDim);
  sketch.project(
    heads.map((head) => head.keys.tensor),
    keys,
    ops,
  );
  format.round(keys, ops);
  return { space, projection: { name, sketch, format }, keys, keyBytes: format.bytes(indexDim) };
}

/** Queries of a step, and the index that they ask. */
interface CandidateQuestion {
  readonly queries: Queries;
  readonly cache: KeyValueCache;
  readonly index: TwoLevelIndex;
  readonly ops: Ops;
}

/** Tokens of the blocks that the earlier layer publishes for each query, ascending. */
function candidateTokens(
  { queries, cache, index, ops }: CandidateQuestion,
  params: TwoLevelParams,
): RowLists {
  const { candidates, block, indexHeads, indexNoise, drift, period } = params;
  const { space, projection, keys, keyBytes } = index;
  const seen = tokensSeen(queries);
  const before = unitsBefore(seen, block);
  const width = seen.reduce((most, n) => Math.max(most, n), 0);
  const source = { ...projection, name: `${projection.name}/source` };
  const asked = indexQueries(
    { queries, cache, index: source, ops },
    { indexHeads, indexNoise: Math.hypot(indexNoise, drift) },
  );
  const table: Table = { tensor: keys, kind: "index", rowBytes: keyBytes / period };
  const weights = new Float32Array(indexHeads).fill(1 / indexHeads);
  const parts: RowLists[] = [];
  inChunks(queries.count, width, (from, to) =>
    space.scoped(() => {
      const own = rowsOf(asked, from * indexHeads, to * indexHeads);
      const maxima = blockMaxima(ops.reluScores(own, weights, firstRows(table, width)), block);
      const visible = before.subarray(from, to);
      if (candidates === 1 || maxima.shape[1] === 0) return void parts.push(emptyLists(to - from));
      tellScores(ops, maxima, visible, { unit: block, taken: candidates - 1, grouped: true, firstRow: from });
      parts.push(ops.topK(maxima, candidates - 1, visible));
    }),
  );
  return unitAndCurrentSpans(joined(parts), block, seen).lists(0, queries.count);
}

/** The k best tokens of the candidates' blocks for each query: one choice for all heads. */
export function bestCandidates(given: CandidateQuestion, params: TwoLevelParams): RowLists {
  const { queries, cache, index, ops } = given;
  const { indexHeads, k, period } = params;
  const rows = candidateTokens(given, params);
  const asked = indexQueries({ queries, cache, index: index.projection, ops }, params);
  // all index heads score a key that is read once
  const rowBytes = (index.keyBytes * (1 - 1 / period)) / indexHeads;
  const perHead = rowLists(allLists(rows).flatMap((list) => Array.from({ length: indexHeads }, () => list)));
  const products = ops.scoresAt(asked, { tensor: index.keys, kind: "index", rowBytes }, perHead);
  const scores = new Float64Array(rows.rows.length);
  for (let i = 0; i < queries.count; i++) {
    const [from, to] = [rows.offsets[i]!, rows.offsets[i + 1]!];
    for (let j = 0; j < indexHeads; j++)
      for (let at = from; at < to; at++)
        scores[at]! += Math.max(0, products[perHead.offsets[i * indexHeads + j]! + at - from]!) / indexHeads;
  }
  tellListed(ops, rows, scores, { unit: 1, taken: k, grouped: true });
  return bestListed(rows, scores, k);
}
