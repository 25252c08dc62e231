import type { RowLists, Tensor } from "../../core/tensor.ts";
import { matrix, sameWidth, unpacked, visibleEnd } from "../matrix.ts";
import type { Table } from "../ops.ts";
import { rowsDot } from "./attention.ts";
import { zeros64 } from "./heap.ts";

export function scores(queries: Tensor, table: Table): Tensor {
  const q = matrix(queries);
  const t = unpacked(table.tensor);
  sameWidth("queries", q.width, t.width);
  const result = zeros64(q.rows, t.rows);
  for (let i = 0; i < q.rows; i++) for (let r = 0; r < t.rows; r++) result.set(i, r, rowsDot(q, i, t, r));
  return result;
}

export function scoresAt(queries: Tensor, table: Table, { offsets, rows }: RowLists): Float64Array {
  const q = matrix(queries);
  const t = unpacked(table.tensor);
  sameWidth("queries", q.width, t.width);
  const result = new Float64Array(rows.length);
  for (let i = 0; i < q.rows; i++)
    for (let at = offsets[i]!; at < offsets[i + 1]!; at++) result[at] = rowsDot(q, i, t, rows[at]!);
  return result;
}

export function reluScores(queries: Tensor, weights: Float32Array, table: Table): Tensor {
  const q = matrix(queries);
  const t = unpacked(table.tensor);
  sameWidth("queries", q.width, t.width);
  const heads = weights.length;
  const result = zeros64(q.rows / heads, t.rows);
  for (let i = 0; i < q.rows / heads; i++)
    for (let r = 0; r < t.rows; r++) {
      let sum = 0;
      for (let j = 0; j < heads; j++) sum += weights[j]! * Math.max(0, rowsDot(q, i * heads + j, t, r));
      result.set(i, r, sum);
    }
  return result;
}

export function boundScores(queries: Tensor, bounds: Table): Tensor {
  const q = matrix(queries);
  const b = unpacked(bounds.tensor);
  sameWidth("bounds", b.width, 2 * q.width);
  const result = zeros64(q.rows, b.rows);
  for (let i = 0; i < q.rows; i++)
    for (let p = 0; p < b.rows; p++) {
      let sum = 0;
      for (let c = 0; c < q.width; c++) {
        const x = q.data[i * q.width + c]!;
        sum += Math.max(x * b.data[p * b.width + c]!, x * b.data[p * b.width + q.width + c]!);
      }
      result.set(i, p, sum);
    }
  return result;
}

export function topK(scoresOf: Tensor, k: number, visible: Int32Array): RowLists {
  const { data, rows, width } = matrix(scoresOf);
  const chosen = Array.from({ length: rows }, (_, i) => {
    const row = data.subarray(i * width, (i + 1) * width);
    return Int32Array.from({ length: visibleEnd(visible, i, width) }, (_, r) => r)
      .sort((a, b) => descending(row[a]!, row[b]!) || a - b)
      .slice(0, k)
      .sort();
  });
  return rowLists(chosen);
}

/** Compares without b - a, which is NaN for equal infinities. */
const descending = (a: number, b: number): number => (a > b ? -1 : a < b ? 1 : 0);

const rowLists = (lists: readonly Int32Array[]): RowLists => {
  const offsets = new Int32Array(lists.length + 1);
  for (const [i, list] of lists.entries()) offsets[i + 1] = offsets[i]! + list.length;
  const rows = new Int32Array(offsets[lists.length]!);
  for (const [i, list] of lists.entries()) rows.set(list, offsets[i]);
  return { offsets, rows };
};
