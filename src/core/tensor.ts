import ndarray from "ndarray";
import type { NdArray } from "ndarray";
import { packedRowsOf, unpackedRow } from "./packed.ts";
import type { PackedRows } from "./packed.ts";

/** Row-major numbers with a shape. The reference engine computes in float64, the others in float32. */
export type Tensor = NdArray<Float32Array | Float64Array>;

/** A view of `data` with the given shape, row-major. */
export const tensor = (data: Float32Array | Float64Array, shape: readonly number[]): Tensor =>
  ndarray(data, [...shape]);

/** A tensor of zeros on the JavaScript heap. */
export const zeros = (...shape: number[]): Tensor =>
  tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

/** A matrix (n, width) as kernels read it: float32 numbers, or packed as a narrower type. */
export type Rows = Tensor | PackedRows;

export const isPacked = (rows: Rows): rows is PackedRows => "codes" in rows;

/** Rows [from, to) of a matrix, as a view. */
export function rowsOf(matrix: Tensor, from: number, to: number): Tensor;
export function rowsOf(matrix: Rows, from: number, to: number): Rows;
export function rowsOf(matrix: Rows, from: number, to: number): Rows {
  return isPacked(matrix)
    ? packedRowsOf(matrix, from, to)
    : matrix.lo(from, 0).hi(to - from, matrix.shape[1]!);
}

/** The numbers of row i: a view, or decoded numbers of a packed row. */
export function rowNumbers(matrix: Rows, i: number): Float32Array | Float64Array {
  if (isPacked(matrix)) return unpackedRow(matrix, i);
  const [at, width] = [matrix.offset + i * matrix.stride[0]!, matrix.shape[1]!];
  return matrix.data.subarray(at, at + width);
}

/** The flat numbers of a contiguous tensor, as a view. */
export const flat = <T extends Float32Array | Float64Array>(t: NdArray<T>): T =>
  t.data.subarray(t.offset, t.offset + t.size) as T;

/**
 * Rows that each query reads. Those of query i are `rows[offsets[i]] ... rows[offsets[i + 1] - 1]`, ascending and
 * without repeats.
 */
export interface RowLists {
  /** (Q + 1) */
  readonly offsets: Int32Array;
  readonly rows: Int32Array;
}

/** Euclidean length. */
export const norm = (numbers: ArrayLike<number>): number => Math.sqrt(dot(numbers, numbers));

/** Inner product of two vectors, of the length of `a`. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c]! * b[c]!;
  return sum;
}

/** A vector of the same direction and length 1; a zero vector stays zero. */
export function unit(numbers: ArrayLike<number>): Float64Array {
  const length = norm(numbers) || 1;
  return Float64Array.from(numbers, (x) => x / length);
}

/** (n) squared length of each row. */
export function rowSquares(rows: Rows): Float64Array {
  const out = new Float64Array(rows.shape[0]);
  const fours = isPacked(rows) ? 0 : squaresByFour(rows, out);
  for (let t = fours; t < out.length; t++) {
    const row = rowNumbers(rows, t);
    out[t] = dot(row, row);
  }
  return out;
}

/** (n) inner product of each row with a vector. */
export function rowDots(rows: Rows, vector: Float64Array): Float64Array {
  const out = new Float64Array(rows.shape[0]);
  const fours = isPacked(rows) ? 0 : dotsByFour(rows, vector, out);
  for (let t = fours; t < out.length; t++) out[t] = dot(rowNumbers(rows, t), vector);
  return out;
}

// Four rows at a time: their sums do not wait for each other, and each adds its products in their order.

/** Squared lengths of whole fours of rows. @returns number of rows done */
function squaresByFour({ data, offset, shape }: Tensor, out: Float64Array): number {
  const [count, width] = shape as [number, number];
  const end = count - (count % 4);
  for (let t = 0; t < end; t += 4) {
    const first = offset + t * width;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = first; i < first + width; i++) {
      const [w, x, y, z] = [data[i]!, data[i + width]!, data[i + 2 * width]!, data[i + 3 * width]!];
      a += w * w;
      b += x * x;
      c += y * y;
      d += z * z;
    }
    out[t] = a;
    out[t + 1] = b;
    out[t + 2] = c;
    out[t + 3] = d;
  }
  return end;
}

/** Inner products of whole fours of rows. @returns number of rows done */
function dotsByFour({ data, offset, shape }: Tensor, vector: Float64Array, out: Float64Array): number {
  const [count, width] = shape as [number, number];
  const end = count - (count % 4);
  for (let t = 0; t < end; t += 4) {
    const first = offset + t * width;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = first, j = 0; j < width; i++, j++) {
      const by = vector[j]!;
      a += data[i]! * by;
      b += data[i + width]! * by;
      c += data[i + 2 * width]! * by;
      d += data[i + 3 * width]! * by;
    }
    out[t] = a;
    out[t + 1] = b;
    out[t + 2] = c;
    out[t + 3] = d;
  }
  return end;
}
