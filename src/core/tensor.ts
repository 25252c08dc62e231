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
