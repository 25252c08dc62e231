import type { Tensor } from "../core/tensor.ts";
import type { Matrix } from "./matrix.ts";
import { matrix } from "./matrix.ts";

/** A matrix in float32, which native libraries read: a view of a float32 matrix, or a copy of another. */
export interface Operand extends Matrix {
  readonly data: Float32Array;
}

export function operand(t: Tensor): Operand {
  const { data, rows, width } = matrix(t);
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), rows, width };
}

/** Rows [from, to), as a view. */
export const someRows = ({ data, width }: Operand, from: number, to: number): Operand => ({
  data: data.subarray(from * width, to * width),
  rows: to - from,
  width,
});

/** Cuts [first, n) into ranges of at most `size`. */
export function* ranges(n: number, size: number, first = 0): Generator<[from: number, to: number]> {
  for (let from = first; from < n; from += size) yield [from, Math.min(from + size, n)];
}

/** Number of whole rows of `width` numbers in a tensor of `limit` numbers, at least 1. */
export const rowsWithin = (limit: number, width: number): number =>
  Math.max(1, Math.floor(limit / Math.max(1, width)));
