import { kvDtypeBytes } from "../core/dtype.ts";
import type { KvDtype } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { evenPositions } from "../core/places.ts";
import { flat, rowsOf, tensor, zeros } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Ops, Table } from "../engines/ops.ts";
import type { KeyValueCache, Phase, Queries } from "./cache.ts";
import { storageOf } from "./kv-dtype.ts";

/** (heads, rows, d) numbers outside an engine's memory, for example in a file, which are read into it head by head. */
export interface StoredHeads {
  readonly shape: readonly number[];
  /** Writes rows of head h from `first` on, row-major, as many as `out` has room for. */
  readRows(h: number, first: number, out: Float32Array | Float64Array): void;
}

/** Writes rows of head h from `first` on, row-major, as many as `out` has room for. */
export function readRows(
  all: Tensor | StoredHeads,
  h: number,
  first: number,
  out: Float32Array | Float64Array,
): void {
  if ("readRows" in all) all.readRows(h, first, out);
  else out.set(headRows(all, h).subarray(first * all.shape[2]!, first * all.shape[2]! + out.length));
}

/** K and V of kv heads and the queries of query heads, as plain tensors. */
export interface PlainTensors {
  /** (kvHeads, N, d) */
  readonly k: Tensor | StoredHeads;
  /** (kvHeads, N, value width) */
  readonly v: Tensor | StoredHeads;
  /** (queryHeads, Q, d); query heads h G ... h G + G - 1 read kv head h */
  readonly q: Tensor;
}

/** All of the heads, in memory. */
export function inMemory(stored: StoredHeads): Tensor {
  const [heads, rows, width] = stored.shape as [number, number, number];
  const all = zeros(heads, rows, width);
  for (let h = 0; h < heads; h++) stored.readRows(h, 0, headRows(all, h));
  return all;
}

/**
 * Makes a cache and queries from plain tensors: query i stands at position N - Q + i, and scores are q.k / sqrt(d). The
 * queries that eviction may observe are the last ones given.
 *
 * @param options type to which K and V are rounded, bytes of an element if not that type's, the cache's seed, and the
 *   phase of the queries
 * @throws UsageError if the shapes do not fit each other
 */
export function cacheFromTensors(
  ops: Ops,
  { k, v, q }: PlainTensors,
  {
    kvDtype = "f32",
    bytesPerElement = kvDtypeBytes[kvDtype],
    seed = "tensors",
    phase = "decode",
  }: { kvDtype?: KvDtype; bytesPerElement?: number; seed?: string; phase?: Phase } = {},
): { cache: KeyValueCache; queries: Queries } {
  const { kvHeads, tokens, headDim, valueDim, queryHeads, queries: count } = shapesOf(k, v, q);
  const group = queryHeads / kvHeads;
  const { row, afterPrefill } = storageOf(kvDtype);
  const queries: Queries = {
    heads: Array.from({ length: kvHeads }, (_, h) => groupedRows(q, h, group)),
    count,
    group,
    positions: Int32Array.from({ length: count }, (_, i) => tokens - count + i),
    scale: 1 / Math.sqrt(headDim),
    phase,
  };
  const cache: KeyValueCache = {
    tokens,
    headDim,
    bytesPerElement,
    seed,
    contextEnd: tokens - 1,
    ...(afterPrefill && { afterPrefill }),
    heads: Array.from({ length: kvHeads }, (_, h) => {
      const space = ops.space(`kv head ${h}`);
      const stored = (all: Tensor | StoredHeads, width: number): Table<Tensor> => {
        const own = space.empty(tokens, width);
        readRows(all, h, 0, flat(own));
        if (row !== "f32") ops.round(own, row);
        return { tensor: own, kind: "kv", rowBytes: width * bytesPerElement };
      };
      return { space, keys: stored(k, headDim), values: stored(v, valueDim) };
    }),
    observed: (wanted, _, spread) => someQueries(queries, Math.min(wanted, count), spread),
  };
  return { cache, queries };
}

/** Sizes of a cache and its queries. */
export type TensorShapes = Readonly<
  Record<"kvHeads" | "tokens" | "headDim" | "valueDim" | "queryHeads" | "queries", number>
>;

interface Shaped {
  readonly shape: readonly number[];
}

/** @throws UsageError if the shapes of k, v and q do not fit each other: what, got, allowed */
export function shapesOf(k: Shaped, v: Shaped, q: Shaped): TensorShapes {
  for (const [name, { shape }] of Object.entries({ q, k, v }))
    if (shape.length !== 3 || shape.includes(0))
      throw new UsageError(
        `${name} must have three dimensions (heads, rows, d), none 0; got (${shape.join(", ")})`,
      );
  const [kvHeads, tokens, headDim] = k.shape as [number, number, number];
  const [queryHeads, queries, width] = q.shape as [number, number, number];
  const [valueHeads, valueRows, valueDim] = v.shape as [number, number, number];
  if (valueHeads !== kvHeads || valueRows !== tokens)
    throw new UsageError(
      `v must have ${kvHeads} heads of ${tokens} rows, as k has; got ${valueHeads} of ${valueRows}`,
    );
  if (width !== headDim) throw new UsageError(`q must be ${headDim} wide, as k is; got ${width}`);
  if (queryHeads % kvHeads !== 0)
    throw new UsageError(`query heads must be a multiple of the ${kvHeads} kv heads; got ${queryHeads}`);
  if (queries > tokens) throw new UsageError(`q must have at most ${tokens} rows, as k has; got ${queries}`);
  return { kvHeads, tokens, headDim, valueDim, queryHeads, queries };
}

/** The numbers of one head of (heads, rows, d). */
function headRows(all: Tensor, h: number): Float32Array | Float64Array {
  const size = all.shape[1]! * all.shape[2]!;
  return flat(all).subarray(h * size, (h + 1) * size);
}

/** (Q G, d): the rows of the G query heads of kv head h, query by query. */
function groupedRows(q: Tensor, h: number, group: number): Tensor {
  const [, count, width] = q.shape as [number, number, number];
  const out = new Float32Array(count * group * width);
  for (let g = 0; g < group; g++) {
    const rows = headRows(q, h * group + g);
    for (let i = 0; i < count; i++)
      out.set(rows.subarray(i * width, (i + 1) * width), (i * group + g) * width);
  }
  return tensor(out, [count * group, width]);
}

/** The last `count` queries, or `count` spread evenly over all, as queries that prefill saw. */
function someQueries(queries: Queries, count: number, spread: "last" | "even" = "last"): Queries {
  const all = queries.count;
  const chosen =
    spread === "last"
      ? Int32Array.from({ length: count }, (_, i) => all - count + i)
      : evenPositions(count, all - 1);
  const { group } = queries;
  return {
    ...queries,
    heads: queries.heads.map((rows) => {
      const own = zeros(count * group, rows.shape[1]!);
      chosen.forEach((from, to) =>
        flat(rowsOf(own, to * group, (to + 1) * group)).set(
          flat(rowsOf(rows, from * group, (from + 1) * group)),
        ),
      );
      return own;
    }),
    count,
    positions: chosen.map((i) => queries.positions[i]!),
    phase: "prefill",
  };
}
