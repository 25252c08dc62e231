import type { Dtype } from "./dtypes.ts";

/** Place of a tensor in a file. */
export interface TensorLayout {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** byte of the first element */
  readonly start: number;
}

/** Bytes [from, from + length) of a file, or as many as there are. */
export type ReadBytes = (from: number, length: number) => Uint8Array;
