import ndarray from "ndarray";
import type { NdArray } from "ndarray";

/** Row-major numbers with a shape. The engines compute in float32; the reference engine in float64. */
export type Tensor = NdArray<Float32Array | Float64Array>;

/** A view of `data` with the given shape, row-major. */
export const tensor = (data: Float32Array | Float64Array, shape: readonly number[]): Tensor =>
  ndarray(data, [...shape]);

/** A tensor of zeros on the JavaScript heap. */
export const zeros = (...shape: number[]): Tensor =>
  tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

/** Rows [from, to) of a matrix, as a view. */
export const rowsOf = (matrix: Tensor, from: number, to: number): Tensor =>
  matrix.lo(from, 0).hi(to - from, matrix.shape[1]!);

/** The flat numbers of a contiguous tensor, as a view. */
export const flat = <T extends Float32Array | Float64Array>(t: NdArray<T>): T =>
  t.data.subarray(t.offset, t.offset + t.size) as T;

/**
 * The rows that each query reads: those of query i are `rows[offsets[i]] ... rows[offsets[i + 1] - 1]`,
 * ascending and without repeats.
 */
export interface RowLists {
  /** (Q + 1) */
  readonly offsets: Int32Array;
  readonly rows: Int32Array;
}
