import { normalError, outputError, sumError } from "../tolerance.ts";
import type { KernelWorkload } from "./workloads.ts";

/** Distance of a result from float64, and the distance allowed, relative to the largest number expected. */
export interface ResultAgreement {
  readonly error: number;
  readonly tolerance: number;
}

/** Largest difference between two results, and largest magnitude expected. */
export interface Difference {
  readonly difference: number;
  readonly largest: number;
}

/** Compares two results. NaN and missing numbers count as infinitely far. */
export function differenceOf(got: ArrayLike<number>, expected: ArrayLike<number>): Difference {
  let difference = got.length === expected.length ? 0 : Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const gap = Math.abs(got[i]! - expected[i]!);
    difference = Math.max(difference, Number.isNaN(gap) ? Infinity : gap);
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return { difference, largest };
}

export const agreementOf = (
  workload: KernelWorkload,
  { difference, largest }: Difference,
): ResultAgreement => ({
  error: difference / largest,
  tolerance: largestDifference(workload) / largest,
});

/** Largest magnitude of a standard normal number, almost surely. */
const farthest = 6;

function largestDifference({ kind, rows, width, take }: KernelWorkload): number {
  switch (kind) {
    case "decode":
    case "prefill":
    case "gather": {
      // a query is a row times less than 3, a row's square is about its width: the terms of a score
      const scoreError = sumError(width, 3 * 2 * width) / Math.sqrt(width);
      return outputError({ scoreError, rows: kind === "gather" ? take : rows }, farthest);
    }
    case "block-mean":
      return sumError(take, farthest);
    case "gemm":
      return sumError(width, 3 * 2 * width);
    case "top":
      return 0;
    case "normals":
      return normalError();
  }
}
