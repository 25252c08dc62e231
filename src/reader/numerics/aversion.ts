import { dot } from "../../core/tensor.ts";
import type { ReaderParams } from "../params.ts";

/** Length of a query that gives a logit of 1 with the unit vector that it points along. */
export const unitLength = ({ sharpness, headDim }: Pick<ReaderParams, "sharpness" | "headDim">): number =>
  sharpness > 0 ? Math.sqrt(headDim) / sharpness : 0;

/** Makes a query, in place, take `loss` logits, in units of its length, from a key for having the mean of all keys. */
export function averse(row: Float32Array | Float64Array, mean: Float32Array, loss: number): void {
  const square = dot(mean, mean);
  if (loss === 0 || square === 0) return;
  for (let c = 0; c < row.length; c++) row[c]! -= (loss / square) * mean[c]!;
}
