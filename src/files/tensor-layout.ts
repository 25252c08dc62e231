import type { Dtype } from "./dtypes.ts";

/** Place of a tensor in a file. */
export interface TensorLayout {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** byte of the first element */
  readonly start: number;
  /** whether the first index runs fastest (Fortran order), and not the last */
  readonly firstFastest: boolean;
}

/** Reads bytes [from, from + length) of a file, fewer at its end. */
export type ReadBytes = (from: number, length: number) => Uint8Array;

/** Matrices of a tensor: (heads, rows, d). */
export interface HeadRows {
  readonly shape: readonly number[];
  /** Writes rows of head h from `first` on, row-major, as many as `out` has room for. */
  readRows(h: number, first: number, out: Float32Array | Float64Array): void;
}
