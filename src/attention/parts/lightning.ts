import { attentionFlops, keyValueBytes } from "../../core/cost.ts";
import type { StepCost, StepShape } from "../../core/cost.ts";
import { int, real } from "../../core/params.ts";
import { hash64, Random } from "../../core/random.ts";
import { flat, rowsOf, zeros } from "../../core/tensor.ts";
import type { RowLists, Rows, Tensor } from "../../core/tensor.ts";
import type { Ops, Table } from "../../engines/ops.ts";
import type { KeyValueCache, Queries } from "../cache.ts";
import type { AttentionResult } from "../read.ts";
import type { AttendArguments } from "../variant.ts";
import { fp8Index } from "./index-formats.ts";
import type { IndexFormat } from "./index-formats.ts";
import { perHead } from "./per-head.ts";
import { selectTop, unitSpans } from "./select.ts";
import { Sketch } from "./sketch.ts";
import { softmaxRead } from "./softmax-read.ts";

// Shared by indexers of tokens: a small key for each token, and queries of a few heads with noise of their own.

/** How an index here departs from a trained one. */
export const standInIndex: readonly string[] = [
  "Index keys are a fixed random projection of the keys of all kv heads; the source trains the projection.",
  "Index queries are the same projection of the query (the mean of each group), with noise for each index head; the source trains them.",
];

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
  /** part of the index's bytes that a layer reads; default: 1 */
  readonly share?: number;
}

/** A small projected key for each token, or for each entry that stands for tokens. */
class TokenIndex {
  /** the variant, which names the random streams */
  readonly name: string;
  readonly sketch: Sketch;
  /** (n, indexDim) */
  readonly table: Table;
  readonly format: IndexFormat;
  readonly #cache: KeyValueCache;

  constructor(
    cache: KeyValueCache,
    { name, sketch, table, format }: Pick<TokenIndex, "name" | "sketch" | "table" | "format">,
  ) {
    this.#cache = cache;
    this.name = name;
    this.sketch = sketch;
    this.table = table;
    this.format = format;
  }

  /**
   * The k rows of largest mean ReLU(q_j . k) over index heads j for each query: one choice for all heads.
   *
   * @param visible (Q) query i may choose among the first visible[i] rows
   */
  top(queries: Queries, visible: Int32Array, params: IndexerParams, ops: Ops): RowLists {
    const { k, indexHeads } = params;
    return selectTop(
      {
        space: this.#cache.heads[0]!.space,
        queries: indexQueries({ queries, cache: this.#cache, index: this, ops }, params),
        table: this.table,
        k,
        visible,
      },
      ops,
      (q, t) => ops.reluScores(q, new Float32Array(indexHeads).fill(1 / indexHeads), t),
      indexHeads,
    );
  }
}

/** Indexes rows by a fixed random projection (sketch.ts) of the rows of all heads, one after another. */
export function indexRows(
  cache: KeyValueCache,
  { name, rows, indexDim, format, share = 1 }: Indexed,
  ops: Ops,
): TokenIndex {
  const sketch = new Sketch(cache.heads.length, cache.headDim, indexDim, new Random(`${cache.seed}/${name}`));
  const index = cache.heads[0]!.space.empty(rows[0]!.shape[0], indexDim);
  sketch.project(rows, index, ops);
  format.round(index, ops);
  const rowBytes = format.bytes(indexDim) * share;
  return new TokenIndex(cache, { name, sketch, format, table: { tensor: index, kind: "index", rowBytes } });
}

/** Indexes the tokens by the kv heads' concatenated keys, in FP8. */
export const tokenIndex = (
  cache: KeyValueCache,
  given: Pick<Indexed, "name" | "indexDim" | "share">,
  ops: Ops,
): TokenIndex =>
  indexRows(cache, { ...given, rows: cache.heads.map(({ keys }) => keys.tensor), format: fp8Index }, ops);

/** (Q) tokens that each query sees. */
export const tokensSeen = ({ positions }: Queries): Int32Array => positions.map((position) => position + 1);

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

/** (Q J, indexDim): the projected query of each index head, with the head's noise, in the index's type. */
export function indexQueries(
  { queries, cache, index, ops }: AttendArguments<Pick<TokenIndex, "name" | "sketch" | "format">>,
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

/** (Q, d): the mean of each query's G query heads. */
export function meanOfGroup(rows: Tensor, { count, group }: Queries): Tensor {
  const width = rows.shape[1]!;
  const mean = zeros(count, width);
  const [from, to] = [flat(rows), flat(mean)];
  for (let at = 0; at < from.length; at++)
    to[Math.floor(at / (group * width)) * width + (at % width)]! += from[at]! / group;
  return mean;
}
