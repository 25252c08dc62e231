import type { Tensor } from "../core/tensor.ts";
import { flat } from "../core/tensor.ts";

/** A row-major matrix as flat numbers. */
export interface Matrix {
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly width: number;
}

/** @throws RangeError when the tensor is not a matrix whose rows follow each other in memory */
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

/** @throws RangeError when two matrices that meet in a kernel differ in width */
export function sameWidth(what: string, got: number, expected: number): void {
  if (got !== expected) throw new RangeError(`${what} must be ${expected} wide; got ${got}`);
}

/** A query sees the rows [0, end), at most all of them. */
export const visibleEnd = (visible: Int32Array, query: number, rows: number): number =>
  Math.min(rows, Math.max(0, visible[query]!));
