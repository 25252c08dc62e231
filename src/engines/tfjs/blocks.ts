import type { Tensor } from "../../core/tensor.ts";
import { operand, ranges, rowsWithin, someRows } from "../operands.ts";
import type { Operand } from "../operands.ts";
import type { Tf, TfTensor } from "./api.ts";
import { block } from "./operands.ts";
import type { TfContext } from "./operands.ts";
import { numbers } from "./partials.ts";

export function blockMean(
  { tf, limits, empty }: TfContext,
  rows: Tensor,
  size: number,
  stride: number,
): Tensor {
  const all = operand(rows);
  const count = Math.ceil(all.rows / stride);
  const result = empty(rows, count, all.width);
  const whole = Math.min(count, Math.max(0, Math.floor((all.rows - size) / stride) + 1));
  // a group's blocks reach size - stride rows past its last stride
  for (const [from, to] of ranges(whole, rowsWithin(limits.table, stride * all.width)))
    tf.tidy(() => {
      const length = (to - from - 1) * stride + size;
      const some = block(tf, all, from * stride, from * stride + length);
      const pooled = tf.avgPool(tf.reshape(some, [1, length, 1, all.width]), [size, 1], [stride, 1], "valid");
      write(result, from, numbers(pooled));
    });
  for (let cut = whole; cut < count; cut++)
    tf.tidy(() => {
      write(result, cut, numbers(tf.mean(block(tf, all, cut * stride, all.rows), 0)));
    });
  return result;
}

export function pageMinMax({ tf, limits, empty }: TfContext, rows: Tensor, page: number): Tensor {
  const all = operand(rows);
  const count = Math.ceil(all.rows / page);
  const result = empty(rows, count, 2 * all.width);
  const whole = Math.floor(all.rows / page);
  for (const [from, to] of ranges(whole, rowsWithin(limits.table, page * all.width)))
    tf.tidy(() => {
      write(result, from, boundsOf(tf, someRows(all, from * page, to * page), page));
    });
  if (whole < count)
    tf.tidy(() => {
      write(result, whole, boundsOf(tf, someRows(all, whole * page, all.rows), all.rows - whole * page));
    });
  return result;
}

/** (pages, 2 d) minima and maxima of pages of `page` rows. */
function boundsOf(tf: Tf, rows: Operand, page: number): Float32Array {
  const pages = rows.rows / page;
  const cube: TfTensor = tf.reshape(block(tf, rows, 0, rows.rows), [pages, page, rows.width]);
  return numbers(tf.concat([tf.min(cube, 1), tf.max(cube, 1)], 1));
}

/** Writes rows of a matrix from row `row` on. */
function write(result: Tensor, row: number, found: Float32Array): void {
  result.data.set(found, result.offset + row * result.shape[1]!);
}
