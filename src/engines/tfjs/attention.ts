import type { RowLists, Tensor } from "../../core/tensor.ts";
import { sameWidth, visibleEnd } from "../matrix.ts";
import { MergedSoftmax } from "../merged.ts";
import { operand, ranges, rowsWithin } from "../operands.ts";
import type { Operand } from "../operands.ts";
import type { AttendOptions, Attended } from "../ops.ts";
import type { AttendTables } from "../over-memory.ts";
import { block, listBlocks } from "./operands.ts";
import type { TfContext } from "./operands.ts";
import { maskBeyond, numbers, partialOf } from "./partials.ts";

/** Operands of one call. q (Q, d), scaled; k (n, d); v (n, dv) */
interface AttendOperands {
  readonly q: Operand;
  readonly k: Operand;
  readonly v: Operand;
}

export function attend(
  context: TfContext,
  { queries, keys, values }: AttendTables,
  { visible, scale, rows }: AttendOptions,
): Attended {
  const q = operand(queries);
  const operands = {
    q: { ...q, data: q.data.map((x) => scale * x) },
    k: operand(keys.tensor),
    v: operand(values.tensor),
  };
  sameWidth("queries", q.width, operands.k.width);
  const merged = new MergedSoftmax(q.rows, operands.v.width);
  if (rows) attendListed(context, operands, rows, merged);
  else attendVisible(context, operands, visible, merged);
  return merged.attended();
}

function attendVisible(
  { tf, limits }: TfContext,
  { q, k, v }: AttendOperands,
  visible: Int32Array,
  merged: MergedSoftmax,
): void {
  const queries = Math.min(q.rows, limits.queries);
  const keys = Math.min(
    rowsWithin(limits.scores, queries),
    rowsWithin(limits.table, Math.max(k.width, v.width)),
  );
  for (const [from, to] of ranges(q.rows, limits.queries)) {
    const ends = Int32Array.from({ length: to - from }, (_, g) => visibleEnd(visible, from + g, k.rows));
    // rows that all queries see need no mask
    const [shared, most] = [Math.min(...ends), Math.max(...ends)];
    for (const [start, stop] of [...ranges(shared, keys), ...ranges(most, keys, shared)])
      tf.tidy(() => {
        const scores = tf.matMul(block(tf, q, from, to), block(tf, k, start, stop), false, true);
        const mix = (weights: typeof scores): typeof scores => tf.matMul(weights, block(tf, v, start, stop));
        const left = ends.map((end) => Math.max(0, end - start));
        merged.addAll(from, partialOf(tf, scores, left, mix));
      });
  }
}

function attendListed(
  { tf, limits }: TfContext,
  { q, k, v }: AttendOperands,
  lists: RowLists,
  merged: MergedSoftmax,
): void {
  for (const { from, to, width, rows, ends } of listBlocks(lists, k.width + v.width, limits.table))
    tf.tidy(() => {
      const queries = to - from;
      const index = tf.tensor(rows, [queries, width], "int32");
      const q3 = tf.reshape(block(tf, q, from, to), [queries, 1, q.width]);
      const k3 = tf.gather(block(tf, k, 0, k.rows), index); // (queries, width, d)
      const v3 = tf.gather(block(tf, v, 0, v.rows), index);
      const scores = tf.reshape(tf.matMul(q3, k3, false, true), [queries, width]);
      const mix = (weights: typeof scores): typeof scores =>
        tf.reshape(tf.matMul(tf.reshape(weights, [queries, 1, width]), v3), [queries, v.width]);
      merged.addAll(from, partialOf(tf, scores, ends, mix));
    });
}

/** Works in place. A row that sees nothing, or only scores of -Infinity, becomes 0. */
export function softmax({ tf, limits }: TfContext, scores: Tensor, visible: Int32Array, scale: number): void {
  const all = operand(scores);
  for (const [from, to] of ranges(all.rows, rowsWithin(limits.scores, all.width)))
    tf.tidy(() => {
      const ends = visible.slice(from, to);
      const scaled = maskBeyond(tf, tf.mul(block(tf, all, from, to), scale), ends);
      const max = tf.maximum(tf.max(scaled, 1, true), -3.4e38);
      const weights = tf.exp(tf.sub(scaled, max));
      const shares = numbers(tf.divNoNan(weights, tf.sum(weights, 1, true)));
      scores.data.set(shares, scores.offset + from * all.width);
    });
}
