import { UsageError } from "../core/errors.ts";
import { kvDtypeBytes } from "../core/dtype.ts";
import type { KvDtype } from "../core/dtype.ts";
import { evenPositions } from "../core/places.ts";
import { flat, rowsOf, tensor, zeros } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Ops, Table } from "../engines/ops.ts";
import type { KeyValueCache, Phase, Queries } from "./cache.ts";
import type { Captured } from "./captured.ts";
import { storageOf } from "./kv-dtype.ts";
import { shapesOf } from "./shapes.ts";

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

/** All matrices of the last two dimensions, in memory. @throws UsageError for a tensor of one dimension */
export function inMemory(stored: StoredHeads): Tensor {
  const { shape } = stored;
  if (shape.length < 2)
    throw new UsageError(`a tensor must have two dimensions or more; got (${shape.join(", ")})`);
  const all = zeros(...shape);
  const size = shape.at(-2)! * shape.at(-1)!;
  for (let h = 0; h * size < all.size; h++)
    stored.readRows(h, 0, flat(all).subarray(h * size, (h + 1) * size));
  return all;
}

/** How tensors become a cache. */
export interface CacheOptions {
  /** type to which K and V are rounded; default: f32 */
  readonly kvDtype?: KvDtype;
  /** default: those of the dtype */
  readonly bytesPerElement?: number;
  /** seed of variants' own random numbers */
  readonly seed?: string;
  /** phase of the queries; default: decode */
  readonly phase?: Phase;
  /** factor on q.k; default: 1 / sqrt(d) */
  readonly scale?: number | undefined;
  /** the model's own index, in the shapes that the variant reads */
  readonly captured?: Captured;
}

/**
 * Makes a cache and queries from plain tensors: query i stands at position N - Q + i. The queries that eviction may
 * observe are the last ones given.
 *
 * @throws UsageError if the shapes do not fit each other
 */
export function cacheFromTensors(
  ops: Pick<Ops, "space" | "round">,
  { k, v, q }: PlainTensors,
  {
    kvDtype = "f32",
    bytesPerElement = kvDtypeBytes[kvDtype],
    seed = "tensors",
    phase = "decode",
    scale = 1 / Math.sqrt(k.shape[2]!),
    captured,
  }: CacheOptions = {},
): { cache: KeyValueCache; queries: Queries } {
  const { kvHeads, tokens, headDim, valueDim, queryHeads, queries: count } = shapesOf(k, v, q);
  const group = queryHeads / kvHeads;
  const { row, afterPrefill } = storageOf(kvDtype);
  const queries: Queries = {
    heads: Array.from({ length: kvHeads }, (_, h) => groupedRows(q, h, group)),
    count,
    group,
    positions: Int32Array.from({ length: count }, (_, i) => tokens - count + i),
    scale,
    phase,
  };
  const cache: KeyValueCache = {
    tokens,
    headDim,
    bytesPerElement,
    seed,
    contextEnd: tokens - 1,
    ...(afterPrefill && { afterPrefill }),
    ...(captured && { captured }),
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
