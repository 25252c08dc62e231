import type { Dtype } from "./dtypes.ts";

/** Place of a tensor in a file. */
export interface TensorLayout {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** byte of the first element */
  readonly start: number;
}

/** Reads bytes [from, from + length) of a file, fewer at its end. */
export type ReadBytes = (from: number, length: number) => Uint8Array;
