import { attentionFlops, keyValueBytes } from "../../core/cost.ts";
import type { StepCost, StepShape } from "../../core/cost.ts";
import { int, real } from "../../core/params.ts";
import { hash64, Random } from "../../core/random.ts";
import { flat, rowsOf, zeros } from "../../core/tensor.ts";
import type { RowLists, Rows, Tensor } from "../../core/tensor.ts";
import { carried } from "../../engines/ops.ts";
import type { Ops, Space, Table } from "../../engines/ops.ts";
import type { KeyValueCache, Queries } from "../cache.ts";
import type { EngineMemory, EngineShape } from "../engine-shape.ts";
import type { AttentionResult } from "../read.ts";
import type { AttendArguments } from "../variant.ts";
import { queryByQuery, stored } from "./captured-index.ts";
import { chunkBytes } from "./chunks.ts";
import { fp8Index } from "./index-formats.ts";
import type { IndexFormat } from "./index-formats.ts";
import { joined } from "./lists.ts";
import { perHead } from "./per-head.ts";
import { meanOfGroup, selectTop, tokensSeen, unitSpans } from "./select.ts";
import { Sketch } from "./sketch.ts";
import { softmaxRead } from "./softmax-read.ts";

// Shared by indexers of tokens: a small key for each token, and queries of a few heads with noise of their own.

/** How an index here departs from a trained one. */
export const standInIndex: readonly string[] = [
  "Index keys are a fixed random projection of the keys of all kv heads; the source trains the projection.",
  "Index queries are the same projection of the query (the mean of each group), with noise for each index head; the source trains them.",
];

/** Two more of indexers in FP8. */
export const roundedScales =
  "Scales of FP8 keys and queries are not rounded up to powers of two, as the model's configuration has them (ue8m0).";
export const equalWeights =
  "Index heads have equal weights; the source learns a weight for each head and query.";

export const topTokensParam = int("tokens read per query", {
  default: 2048,
  min: 1,
  sweep: [256, 512, 1024, 2048, 4096],
});

export const indexHeadsParam = int("index heads", { default: 4, min: 1, max: 64, sweep: [1, 4, 16, 64] });

export const indexDimParam = int("dimension of an index key", {
  default: 128,
  min: 1,
  max: 1024,
  sweep: [32, 64, 128, 256],
});

export const indexNoiseParam = real("noise of an index head's query, in units of its norm", {
  default: 0.25,
  min: 0,
  max: 10,
  sweep: [0, 0.25, 0.5, 1, 2],
});

/** Parameters of an indexer's queries. */
export interface IndexerParams {
  /** rows chosen */
  readonly k: number;
  readonly indexHeads: number;
  readonly indexNoise: number;
}

/** Rows that an index ranks, and how it stores their keys. */
interface Indexed {
  /** the variant, which names the random streams */
  readonly name: string;
  /** per kv head (n, d) */
  readonly rows: readonly Rows[];
  readonly indexDim: number;
  readonly format: IndexFormat;
  /** tokens that a row stands for; default: 1 */
  readonly unit?: number;
  /** part of the index's bytes that a layer reads; default: 1 */
  readonly share?: number;
}

/** A small key for each token, or for each entry that stands for tokens, and the queries that are asked of them. */
export class TokenIndex {
  /** (n, indexDim) */
  readonly table: Table;
  readonly #space: Space;
  readonly #unit: number;
  readonly #ask: (queries: Queries, params: IndexerParams, ops: Ops) => Tensor;
  /** (indexHeads, Q, 1) weights of the index heads; default: equal ones */
  readonly #gates: Tensor | undefined;

  /** @param ask makes the index queries (Q J, indexDim) */
  constructor(
    { space, unit }: { readonly space: Space; readonly unit: number },
    table: Table,
    ask: (queries: Queries, params: IndexerParams, ops: Ops) => Tensor,
    gates?: Tensor,
  ) {
    this.#space = space;
    this.#unit = unit;
    this.table = table;
    this.#ask = ask;
    this.#gates = gates;
  }

  /**
   * The k rows of largest sum of w_j ReLU(q_j . k) over index heads j for each query: one choice for all heads.
   *
   * @param visible (Q) query i may choose among the first visible[i] rows
   */
  top(queries: Queries, visible: Int32Array, params: IndexerParams, ops: Ops): RowLists {
    const { k, indexHeads } = params;
    const asked = this.#ask(queries, params, ops);
    const { table } = this;
    const space = this.#space;
    const best = (from: number, to: number, weights: Float32Array): RowLists =>
      selectTop(
        {
          space,
          queries: rowsOf(asked, from * indexHeads, to * indexHeads),
          table,
          k,
          visible: visible.subarray(from, to),
          unit: this.#unit,
          grouped: true,
          firstRow: from,
        },
        ops,
        (q, t) => ops.reluScores(q, weights, t),
        indexHeads,
      );
    const gates = this.#gates;
    if (gates === undefined) return best(0, queries.count, new Float32Array(indexHeads).fill(1 / indexHeads));
    return joined(
      Array.from({ length: queries.count }, (_, i) =>
        best(
          i,
          i + 1,
          Float32Array.from({ length: indexHeads }, (_, j) => gates.get(j, i, 0)),
        ),
      ),
    );
  }
}

/**
 * Indexes rows by the keys of a capture, or by a fixed random projection (sketch.ts) of the rows of all heads, one after
 * another.
 */
export function indexRows(
  cache: KeyValueCache,
  { name, rows, indexDim, format, unit = 1, share = 1 }: Indexed,
  ops: Ops,
): TokenIndex {
  const { space } = cache.heads[0]!;
  const rowBytes = format.bytes(indexDim) * share;
  const { indexQ, indexK, gates } = cache.captured ?? {};
  if (indexQ && indexK) {
    const table: Table = { tensor: stored(indexK, space), kind: "index", rowBytes };
    return new TokenIndex({ space, unit }, table, () => queryByQuery(indexQ), gates);
  }
  const sketch = new Sketch(cache.heads.length, cache.headDim, indexDim, new Random(`${cache.seed}/${name}`));
  const index = space.empty(rows[0]!.shape[0], indexDim);
  sketch.project(rows, index, ops);
  format.round(index, ops);
  return new TokenIndex({ space, unit }, { tensor: index, kind: "index", rowBytes }, (queries, params, by) =>
    indexQueries({ queries, cache, index: { name, sketch, format }, ops: by }, params),
  );
}

/** Indexes the tokens by the kv heads' concatenated keys, in FP8. */
export const tokenIndex = (
  cache: KeyValueCache,
  given: Pick<Indexed, "name" | "indexDim" | "share">,
  ops: Ops,
): TokenIndex =>
  indexRows(cache, { ...given, rows: cache.heads.map(({ keys }) => keys.tensor), format: fp8Index }, ops);

/** Attention to the tokens that an index ranks highest, the same for all heads. */
export function readTop(
  { queries, cache, index, ops }: AttendArguments<TokenIndex>,
  params: IndexerParams,
): AttentionResult {
  const rows = index.top(queries, tokensSeen(queries), params, ops);
  return perHead(queries, cache, (read) =>
    softmaxRead({ ...read, spans: unitSpans(rows, 1, read.visible, queries.group) }, ops),
  );
}

/** Memory of an index of `rows` keys for all heads: what it is made of in each head, and the scores of queries with it. */
export function indexMemory(
  { asked }: Pick<EngineShape, "asked">,
  { rows, indexDim }: { readonly rows: number; readonly indexDim: number },
): Required<EngineMemory> {
  const sums = 4 * Math.min(carried, rows * indexDim);
  return { kept: 4 * rows * indexDim, scores: sums, scratch: Math.max(sums, chunkBytes(asked, rows)) };
}

/** Memory of an index of one key a token. */
export const tokenIndexMemory = (
  { tokens, asked }: EngineShape,
  { indexDim }: { readonly indexDim: number },
): EngineMemory => indexMemory({ asked }, { rows: tokens, indexDim });

/** Cost of a decode step that reads the k best tokens. @param period layers that share an index: the mean over them */
export function topCost(
  shape: StepShape,
  { k, indexHeads, indexDim }: { k: number; indexHeads: number; indexDim: number },
  period = 1,
): StepCost {
  const { tokens, queryHeads } = shape;
  const read = Math.min(k, tokens);
  const indexBytes = tokens * fp8Index.bytes(indexDim) * (1 / period);
  return {
    flops: (2 * tokens * indexHeads * indexDim) / period + attentionFlops(shape, read),
    exponentials: read * queryHeads,
    keptBytes: keyValueBytes(shape, tokens),
    indexKeptBytes: indexBytes,
    kvReadBytes: keyValueBytes(shape, read),
    indexReadBytes: indexBytes,
  };
}

/** Random projection that stands in for a trained index. */
export interface Projection {
  /** the variant, which names the random streams */
  readonly name: string;
  readonly sketch: Sketch;
  readonly format: IndexFormat;
}

/** (Q J, indexDim): the projected query of each index head, with the head's noise, in the index's type. */
export function indexQueries(
  { queries, cache, index, ops }: AttendArguments<Projection>,
  { indexHeads, indexNoise }: Pick<IndexerParams, "indexHeads" | "indexNoise">,
): Tensor {
  const { name, sketch, format } = index;
  const projected = zeros(queries.count, sketch.dim);
  sketch.project(
    queries.heads.map((rows) => meanOfGroup(rows, queries)),
    projected,
    ops,
  );
  const out = zeros(queries.count * indexHeads, sketch.dim);
  ops.fillNormal(out, hash64(`${cache.seed}/${name}/query-noise`));
  for (let row = 0; row < queries.count * indexHeads; row++) {
    const i = Math.floor(row / indexHeads);
    const clean = flat(rowsOf(projected, i, i + 1));
    const noisy = flat(rowsOf(out, row, row + 1));
    // a noise vector of unit normals has norm sqrt(dim)
    const scale = (indexNoise * Math.hypot(...clean)) / Math.sqrt(sketch.dim);
    for (let c = 0; c < clean.length; c++) noisy[c] = clean[c]! + scale * noisy[c]!;
  }
  format.round(out, ops);
  return out;
}
