import { unpackedRow } from "../core/packed.ts";
import type { Rows, Tensor } from "../core/tensor.ts";
import { flat, isPacked } from "../core/tensor.ts";

/** A row-major matrix as flat numbers. */
export interface Matrix {
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly width: number;
}

/** A tensor as a matrix. @throws RangeError unless it is a matrix whose rows follow each other in memory */
export function matrix(t: Tensor): Matrix {
  const [rows, width] = t.shape;
  if (t.dimension !== 2 || rows === undefined || width === undefined)
    throw new RangeError(`a kernel takes matrices (rows, width); got shape (${t.shape.join(", ")})`);
  if ((width > 1 && t.stride[1] !== 1) || (rows > 1 && t.stride[0] !== width))
    throw new RangeError(
      `a kernel takes contiguous rows; got strides (${t.stride.join(", ")}) for width ${width}`,
    );
  return { data: flat(t), rows, width };
}

/** Sizes of rows. @throws RangeError as `matrix` */
export function rowsShape(rows: Rows): { readonly rows: number; readonly width: number } {
  return isPacked(rows) ? { rows: rows.shape[0], width: rows.shape[1] } : matrix(rows);
}

/** Rows as a matrix; packed rows are decoded on the JavaScript heap. */
export function unpacked(rows: Rows): Matrix {
  if (!isPacked(rows)) return matrix(rows);
  const [n, width] = rows.shape;
  const data = new Float32Array(n * width);
  for (let i = 0; i < n; i++) data.set(unpackedRow(rows, i), i * width);
  return { data, rows: n, width };
}

/** Checks that two matrices of one kernel have the same width. @throws RangeError otherwise */
export function sameWidth(what: string, got: number, expected: number): void {
  if (got !== expected) throw new RangeError(`${what} must be ${expected} wide; got ${got}`);
}

/** Checks the shape of a matrix. @throws RangeError for another shape */
export function sameShape(got: readonly number[], expected: readonly number[]): void {
  if (got.join() !== expected.join())
    throw new RangeError(`expected shape (${expected.join(", ")}); got (${got.join(", ")})`);
}

/** End of the rows [0, end) that a query sees. */
export const visibleEnd = (visible: Int32Array, query: number, rows: number): number =>
  Math.min(rows, Math.max(0, visible[query]!));
