import { flat, rowsOf } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import type { KeyValueCache, Queries } from "../cache.ts";
import { inChunks } from "./chunks.ts";
import { firstRows, visibleRows } from "./select.ts";

/** Queries of one kv head that look at its keys. */
export interface Voters {
  readonly queries: Queries;
  readonly cache: KeyValueCache;
  /** the kv head */
  readonly h: number;
  readonly ops: Ops;
}

/**
 * Calls back for each query row of a head with its values for the keys [0, end), of which `end - 1` is the last key
 * that any row sees: weights, or the raw products q.k if not `weighted`.
 */
export function eachRow(
  { queries, cache, h, ops }: Voters,
  weighted: boolean,
  see: (values: Float32Array | Float64Array, visible: number) => void,
): void {
  const { space, keys } = cache.heads[h]!;
  const visible = visibleRows(queries);
  const end = visible.reduce((most, n) => Math.max(most, n), 0);
  inChunks(visible.length, end, (first, last) =>
    space.scoped(() => {
      const scores = ops.scores(rowsOf(queries.heads[h]!, first, last), firstRows(keys, end));
      if (weighted) ops.softmax(scores, visible.subarray(first, last), queries.scale);
      for (let row = 0; row < last - first; row++)
        see(flat(rowsOf(scores, row, row + 1)), visible[first + row]!);
    }),
  );
}

/** (from) the weight that all queries together give to each key before `from`. */
export function voteSums(voters: Voters, from: number): Float64Array {
  const sums = new Float64Array(from);
  eachRow(voters, true, (weights) => {
    for (let t = 0; t < from; t++) sums[t]! += weights[t]!;
  });
  return sums;
}

/** (from) the mean weight of each key before `from` over the queries that see it; 0 if none does. */
export function meanVotes(voters: Voters, from: number): Float64Array {
  const [sums, seen] = [new Float64Array(from), new Int32Array(from)];
  eachRow(voters, true, (weights, visible) => {
    for (let t = 0; t < Math.min(from, visible); t++) {
      sums[t]! += weights[t]!;
      seen[t]!++;
    }
  });
  return sums.map((sum, t) => (seen[t]! > 0 ? sum / seen[t]! : 0));
}

/**
 * Mean and variance over the queries of query head g of each key's scaled score, as if every query saw every key.
 *
 * @param from position of the first query that counts; all count if none stands there or later
 */
export function scoreMoments(
  { queries, ...voters }: Voters,
  { g, from, end }: { readonly g: number; readonly from: number; readonly end: number },
): { mean: Float64Array; variance: Float64Array } {
  const [mean, variance] = [new Float64Array(end), new Float64Array(end)];
  const all = { ...queries, positions: queries.positions.map(() => end - 1) };
  const first = Math.max(
    0,
    queries.positions.findIndex((position) => position >= from),
  );
  let [row, rows] = [0, 0];
  // Welford's update, https://doi.org/10.1080/00401706.1962.10490022
  eachRow({ ...voters, queries: all }, false, (scores) => {
    const at = row++;
    if (at % queries.group !== g || Math.floor(at / queries.group) < first) return;
    rows++;
    for (let t = 0; t < end; t++) {
      const x = queries.scale * scores[t]!;
      const gap = x - mean[t]!;
      mean[t]! += gap / rows;
      variance[t]! += gap * (x - mean[t]!);
    }
  });
  for (let t = 0; t < end; t++) variance[t]! /= rows;
  return { mean, variance };
}

/** Means over `pool` neighbours; values beyond the ends count as 0, as in SnapKV's pooling. */
export function pooled(votes: Float64Array, pool: number): Float64Array {
  const reach = Math.floor(pool / 2);
  return votes.map((_, t) => {
    let sum = 0;
    for (let n = Math.max(0, t - reach); n < Math.min(votes.length, t - reach + pool); n++) sum += votes[n]!;
    return sum / pool;
  });
}
