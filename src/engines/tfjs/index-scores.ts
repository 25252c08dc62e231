import type { RowLists, Tensor } from "../../core/tensor.ts";
import { sameWidth, visibleEnd } from "../matrix.ts";
import { operand, ranges, rowsWithin } from "../operands.ts";
import type { Table } from "../ops.ts";
import type { TfTensor } from "./api.ts";
import { block, listBlocks } from "./operands.ts";
import type { TfContext } from "./operands.ts";
import { maskBeyond, numbers } from "./partials.ts";

export function scores(context: TfContext, queries: Tensor, table: Table<Tensor>): Tensor {
  const { tf } = context;
  const q = operand(queries);
  sameWidth("queries", q.width, table.tensor.shape[1]!);
  return byBlocks(context, table, { queries: q.rows, perQuery: 1 }, (from, to, rows) =>
    tf.matMul(block(tf, q, from, to), rows, false, true),
  );
}

export function reluScores(
  context: TfContext,
  queries: Tensor,
  weights: Float32Array,
  table: Table<Tensor>,
): Tensor {
  const { tf } = context;
  const q = operand(queries);
  sameWidth("queries", q.width, table.tensor.shape[1]!);
  const heads = weights.length;
  return byBlocks(context, table, { queries: q.rows / heads, perQuery: heads }, (from, to, rows) => {
    const perHead = tf.relu(tf.matMul(block(tf, q, from * heads, to * heads), rows, false, true));
    const width = rows.shape[0]!;
    const weighted = tf.matMul(
      tf.tensor(weights, [1, 1, heads], "float32"),
      tf.reshape(perHead, [to - from, heads, width]),
    );
    return tf.reshape(weighted, [to - from, width]);
  });
}

/** max(q min, q max) is q max for a positive q and q min for a negative one: one product with (min, max). */
export function boundScores(context: TfContext, queries: Tensor, bounds: Table<Tensor>): Tensor {
  const { tf } = context;
  const q = operand(queries);
  sameWidth("bounds", bounds.tensor.shape[1]!, 2 * q.width);
  return byBlocks(context, bounds, { queries: q.rows, perQuery: 1 }, (from, to, rows) => {
    const some = block(tf, q, from, to);
    return tf.matMul(tf.concat([tf.minimum(some, 0), tf.maximum(some, 0)], 1), rows, false, true);
  });
}

/**
 * Fills a (queries, n) result block by block: `scoresOf` the queries [from, to) and some rows of the table.
 *
 * @param perQuery dot products of a query with each row that are alive at once
 */
function byBlocks(
  { tf, limits, empty }: TfContext,
  table: Table<Tensor>,
  { queries, perQuery }: { queries: number; perQuery: number },
  scoresOf: (from: number, to: number, rows: TfTensor) => TfTensor,
): Tensor {
  const rows = operand(table.tensor);
  const result = empty(table.tensor, queries, rows.rows);
  const group = Math.min(queries, rowsWithin(limits.queries, perQuery));
  const some = Math.min(rowsWithin(limits.scores, group * perQuery), rowsWithin(limits.table, rows.width));
  for (const [start, stop] of ranges(rows.rows, some))
    for (const [from, to] of ranges(queries, group))
      tf.tidy(() => {
        const found = numbers(scoresOf(from, to, block(tf, rows, start, stop)));
        for (let i = from; i < to; i++) {
          const row = found.subarray((i - from) * (stop - start), (i - from + 1) * (stop - start));
          result.data.set(row, result.offset + i * rows.rows + start);
        }
      });
  return result;
}

export function scoresAt(
  { tf, limits }: TfContext,
  queries: Tensor,
  table: Table<Tensor>,
  lists: RowLists,
): Float32Array {
  const q = operand(queries);
  const t = operand(table.tensor);
  sameWidth("queries", q.width, t.width);
  const result = new Float32Array(lists.rows.length);
  for (const { from, to, start, width, rows, ends } of listBlocks(lists, t.width, limits.table))
    tf.tidy(() => {
      const q3 = tf.reshape(block(tf, q, from, to), [to - from, 1, q.width]);
      const rows3 = tf.gather(block(tf, t, 0, t.rows), tf.tensor(rows, [to - from, width], "int32"));
      const found = numbers(tf.matMul(q3, rows3, false, true));
      for (let i = from; i < to; i++) {
        const at = (i - from) * width;
        result.set(found.subarray(at, at + ends[i - from]!), lists.offsets[i]! + start);
      }
    });
  return result;
}

/** TensorFlow's TopK puts the lower index first among equals. */
export function topK({ tf, limits }: TfContext, scoresOf: Tensor, k: number, visible: Int32Array): RowLists {
  const all = operand(scoresOf);
  const ends = Int32Array.from({ length: all.rows }, (_, i) => visibleEnd(visible, i, all.width));
  const offsets = new Int32Array(all.rows + 1);
  for (const [i, end] of ends.entries()) offsets[i + 1] = offsets[i]! + Math.min(k, end);
  const rows = new Int32Array(offsets[all.rows]!);
  const width = Math.min(k, all.width);
  for (const [from, to] of ranges(all.rows, rowsWithin(limits.scores, all.width)))
    tf.tidy(() => {
      const masked = maskBeyond(tf, block(tf, all, from, to), ends.slice(from, to));
      const found = tf.topk(masked, width).indices.dataSync() as Int32Array;
      for (let i = from; i < to; i++) {
        const at = (i - from) * width;
        rows.set(found.subarray(at, at + offsets[i + 1]! - offsets[i]!).sort(), offsets[i]);
      }
    });
  return { offsets, rows };
}
