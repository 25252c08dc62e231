import { flat, rowsOf } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import type { HeadCache, Queries } from "../cache.ts";
import { inChunks } from "./chunks.ts";
import { firstRows, visibleRows } from "./select.ts";

/**
 * Calls back with what each query row of a head makes of the keys [0, end), row by row: the last of the keys that any
 * of them sees, and the weights or, where not `weighted`, the raw products q.k.
 */
export function eachRow(
  queries: Queries,
  { space, keys }: HeadCache,
  h: number,
  weighted: boolean,
  ops: Ops,
  see: (values: Float32Array | Float64Array, visible: number) => void,
): void {
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
export function voteSums(queries: Queries, head: HeadCache, h: number, from: number, ops: Ops): Float64Array {
  const sums = new Float64Array(from);
  eachRow(queries, head, h, true, ops, (weights) => {
    for (let t = 0; t < from; t++) sums[t]! += weights[t]!;
  });
  return sums;
}

/** (from) the mean weight of each key before `from` over the queries that see it; 0 where none does. */
export function meanVotes(
  queries: Queries,
  head: HeadCache,
  h: number,
  from: number,
  ops: Ops,
): Float64Array {
  const [sums, seen] = [new Float64Array(from), new Int32Array(from)];
  eachRow(queries, head, h, true, ops, (weights, visible) => {
    for (let t = 0; t < Math.min(from, visible); t++) {
      sums[t]! += weights[t]!;
      seen[t]!++;
    }
  });
  return sums.map((sum, t) => (seen[t]! > 0 ? sum / seen[t]! : 0));
}

/** Mean and variance over the queries of query head g of each key's scaled score, as if every query saw every key. */
export function scoreMoments(
  queries: Queries,
  head: HeadCache,
  h: number,
  g: number,
  end: number,
  ops: Ops,
): { mean: Float64Array; variance: Float64Array } {
  const [mean, variance] = [new Float64Array(end), new Float64Array(end)];
  const all = { ...queries, positions: queries.positions.map(() => end - 1) };
  let [row, rows] = [0, 0];
  // Welford's update, https://doi.org/10.1080/00401706.1962.10490022
  eachRow(all, head, h, false, ops, (scores) => {
    if (row++ % queries.group !== g) return;
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

/** Means over `pool` neighbours; what lies outside counts as 0, as in SnapKV's pooling. */
export function pooled(votes: Float64Array, pool: number): Float64Array {
  const reach = Math.floor(pool / 2);
  return votes.map((_, t) => {
    let sum = 0;
    for (let n = Math.max(0, t - reach); n < Math.min(votes.length, t - reach + pool); n++) sum += votes[n]!;
    return sum / pool;
  });
}
