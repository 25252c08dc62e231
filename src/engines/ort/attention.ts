import { sameWidth, visibleEnd } from "../matrix.ts";
import { MergedSoftmax } from "../merged.ts";
import { operand, ranges, someRows, rowsWithin } from "../operands.ts";
import type { Operand } from "../operands.ts";
import type { AttendOptions, Attended } from "../ops.ts";
import type { AttendTables } from "../over-memory.ts";
import { rowsAtOnce } from "./context.ts";
import type { OrtContext } from "./context.ts";
import { maskedSoftmaxSums, softmaxSums } from "./graphs.ts";
import type { Runtime } from "./runtime.ts";

/** Queries that share blocks of keys. */
interface QueryGroup {
  /** the first query */
  readonly from: number;
  /** scaled queries */
  readonly q: Operand;
  /** rows that each query sees */
  readonly ends: Int32Array;
  /** rows that all of the queries see, and rows that any of them sees */
  readonly shared: number;
  readonly most: number;
}

/** Attention to all visible rows. */
export function attend(
  context: OrtContext,
  { queries, keys, values }: AttendTables,
  { visible, scale }: AttendOptions,
): Attended {
  const { runtime, limits } = context;
  const [q, k, v] = [operand(queries), operand(keys.tensor), operand(values.tensor)];
  sameWidth("queries", q.width, k.width);
  const scaled = { ...q, data: scaledBy(scale, q.data) };
  const groups = [...ranges(q.rows, limits.queries)].map(([from, to]): QueryGroup => {
    const ends = Int32Array.from({ length: to - from }, (_, g) => visibleEnd(visible, from + g, k.rows));
    const [shared, most] = [Math.min(...ends), Math.max(...ends)];
    return { from, q: someRows(scaled, from, to), ends, shared, most };
  });
  const merged = new MergedSoftmax(q.rows, v.width);
  const longest = Math.max(0, ...groups.map(({ most }) => most));
  const keysAtOnce = rowsWithin(limits.scores, Math.min(q.rows, limits.queries));
  // a copy serves all groups
  for (const [first, last] of ranges(longest, Math.min(rowsAtOnce(context, k), rowsAtOnce(context, v)))) {
    const some = { first, k: runtime.within("k", k, first, last), v: runtime.within("v", v, first, last) };
    for (const group of groups) {
      const [shared, most] = [Math.min(group.shared, last), Math.min(group.most, last)];
      for (const [start, stop] of ranges(shared, keysAtOnce, first))
        addBlock({ runtime, merged, group, some }, start, stop, false);
      for (const [start, stop] of ranges(most, keysAtOnce, Math.max(first, shared)))
        addBlock({ runtime, merged, group, some }, start, stop, true);
    }
  }
  return merged.attended();
}

function scaledBy(scale: number, data: Float32Array): Float32Array {
  const out = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) out[at] = scale * data[at]!;
  return out;
}

/** A group of queries on a part of the tables, which begins at row `first`. */
interface GroupWork {
  readonly runtime: Runtime;
  readonly merged: MergedSoftmax;
  readonly group: QueryGroup;
  readonly some: { readonly first: number; readonly k: Operand; readonly v: Operand };
}

/** Adds the sums over the rows [start, stop). */
function addBlock(
  { runtime, merged, group, some }: GroupWork,
  start: number,
  stop: number,
  masked: boolean,
): void {
  const { from, q, ends } = group;
  const { first, k, v } = some;
  const perQuery = (width: number): Operand => ({
    data: new Float32Array(q.rows * width),
    rows: q.rows,
    width,
  });
  const results = { output: perQuery(v.width), max: perQuery(1), sum: perQuery(1), moment: perQuery(1) };
  const feeds = {
    q,
    k: someRows(k, start - first, stop - first),
    v: someRows(v, start - first, stop - first),
  };
  if (masked) runtime.run(maskedSoftmaxSums, { ...feeds, mask: maskOf(ends, start, stop) }, results);
  else runtime.run(softmaxSums, feeds, results);
  const { output, max, sum, moment } = results;
  merged.addAll(from, { output: output.data, max: max.data, sum: sum.data, moment: moment.data });
}

/** (Q, stop - start) 0 for rows that a query sees, -Infinity for the others. */
function maskOf(ends: Int32Array, start: number, stop: number): Operand {
  const width = stop - start;
  const data = new Float32Array(ends.length * width);
  for (const [g, end] of ends.entries())
    data.fill(-Infinity, g * width + Math.min(width, Math.max(0, end - start)), (g + 1) * width);
  return { data, rows: ends.length, width };
}
