import type { Tensor } from "../../core/tensor.ts";
import { matrix, sameWidth, unpacked, visibleEnd } from "../matrix.ts";
import type { Matrix } from "../matrix.ts";
import type { AttendOptions, Attended, Table } from "../ops.ts";
import { zeros64 } from "./heap.ts";

/** Dot product of row i of `a` and row j of `b`, which is as wide. */
export function rowsDot(a: Matrix, i: number, b: Matrix, j: number): number {
  const { width } = a;
  let sum = 0;
  for (let c = 0, p = i * width, r = j * width; c < width; c++) sum += a.data[p + c]! * b.data[r + c]!;
  return sum;
}

export function attend(queries: Tensor, keys: Table, values: Table, options: AttendOptions): Attended {
  const q = matrix(queries);
  const k = unpacked(keys.tensor);
  const v = unpacked(values.tensor);
  sameWidth("queries", q.width, k.width);
  const output = zeros64(q.rows, v.width);
  const out = matrix(output).data;
  const [max, sum, moment] = [new Float64Array(q.rows), new Float64Array(q.rows), new Float64Array(q.rows)];
  for (let i = 0; i < q.rows; i++) {
    const rows = rowsRead(options, i, k.rows);
    const scores = Float64Array.from(rows, (row) => options.scale * rowsDot(q, i, k, row));
    max[i] = scores.reduce((a, b) => Math.max(a, b), -Infinity);
    for (const [j, row] of rows.entries()) {
      const gap = scores[j]! - max[i]!;
      const weight = Math.exp(gap);
      sum[i]! += weight;
      moment[i]! += weight * gap;
      for (let c = 0; c < v.width; c++) out[i * v.width + c]! += weight * v.data[row * v.width + c]!;
    }
    if (rows.length > 0) for (let c = 0; c < v.width; c++) out[i * v.width + c]! /= sum[i]!;
  }
  return { output, max, sum, moment };
}

/** Rows that query i reads: the listed ones, or all that it sees. */
function rowsRead({ rows, visible }: AttendOptions, i: number, n: number): Int32Array {
  if (rows) return rows.rows.subarray(rows.offsets[i], rows.offsets[i + 1]);
  return Int32Array.from({ length: visibleEnd(visible, i, n) }, (_, row) => row);
}

export function softmax(scores: Tensor, visible: Int32Array, scale: number): void {
  const { data, rows, width } = matrix(scores);
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * width, (i + 1) * width);
    const end = visibleEnd(visible, i, width);
    let max = -Infinity;
    for (let r = 0; r < end; r++) max = Math.max(max, scale * row[r]!);
    let sum = 0;
    for (let r = 0; r < end; r++) sum += Math.exp(scale * row[r]! - max);
    for (let r = 0; r < width; r++)
      row[r] = r < end && max > -Infinity ? Math.exp(scale * row[r]! - max) / sum : 0;
  }
}
