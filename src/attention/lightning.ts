import { hash64, Random } from "../core/random.ts";
import { flat, rowsOf, zeros } from "../core/tensor.ts";
import type { RowLists, Tensor } from "../core/tensor.ts";
import type { Ops, Table } from "../kernels/ops.ts";
import { selectTop } from "./select.ts";
import { Sketch } from "./sketch.ts";
import type { KeyValueCache, Queries } from "./variant.ts";

// What indexers of tokens share: a small key for each token, and queries of a few heads with noise of their own.

/** Bytes of an index key: E4M3 numbers and a float32 scale for each 128 of them. */
export const indexRowBytes = (indexDim: number): number => indexDim + 4 * Math.ceil(indexDim / 128);

/** A projected key in FP8 for each token. */
export interface TokenIndex {
  /** of the variant, which names its random streams */
  readonly name: string;
  readonly sketch: Sketch;
  /** (N, indexDim) */
  readonly table: Table;
}

/** The fixed random projection of the kv heads' concatenated keys (sketch.ts), rounded to FP8. */
export function tokenIndex(cache: KeyValueCache, name: string, indexDim: number, ops: Ops): TokenIndex {
  const sketch = new Sketch(cache.heads.length, cache.headDim, indexDim, new Random(`${cache.seed}/${name}`));
  const index = cache.heads[0]!.space.empty(cache.tokens, indexDim);
  sketch.project(
    cache.heads.map(({ keys }) => keys.tensor),
    index,
    ops,
  );
  ops.round(index, "fp8");
  return { name, sketch, table: { tensor: index, kind: "index", rowBytes: indexRowBytes(indexDim) } };
}

/** The k tokens of each query with the largest mean ReLU(q_j . k) over index heads j: one choice for all heads. */
export const topTokens = (
  queries: Queries,
  cache: KeyValueCache,
  index: TokenIndex,
  { k, indexHeads, indexNoise }: { k: number; indexHeads: number; indexNoise: number },
  ops: Ops,
): RowLists =>
  selectTop(
    {
      space: cache.heads[0]!.space,
      queries: indexQueries(queries, cache, index, indexHeads, indexNoise, ops),
      table: index.table,
      k,
      visible: queries.positions.map((position) => position + 1),
    },
    ops,
    (q, t) => ops.reluScores(q, new Float32Array(indexHeads).fill(1 / indexHeads), t),
    indexHeads,
  );

/** (Q J, indexDim): the projected query of each index head, with the head's noise, in FP8. */
export function indexQueries(
  queries: Queries,
  cache: KeyValueCache,
  { name, sketch }: TokenIndex,
  indexHeads: number,
  indexNoise: number,
  ops: Ops,
): Tensor {
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
  ops.round(out, "fp8");
  return out;
}

/** (Q, d): the mean of each query's G query heads. */
function meanOfGroup(rows: Tensor, { count, group }: Queries): Tensor {
  const width = rows.shape[1]!;
  const mean = zeros(count, width);
  const [from, to] = [flat(rows), flat(mean)];
  for (let at = 0; at < from.length; at++)
    to[Math.floor(at / (group * width)) * width + (at % width)]! += from[at]! / group;
  return mean;
}
