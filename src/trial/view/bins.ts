import type { QueryView } from "./view.ts";

/** Tokens [from, to) of a query's context, put together. */
export interface ViewBin {
  readonly from: number;
  readonly to: number;
  /** mean over its tokens of the share of heads that read them */
  readonly read: number;
  /** sum of its tokens' weights */
  readonly weight: number;
}

/** A query's context in at most `most` bins of equal size. @param tokens of the whole prompt, which decide the size */
export function binsOf({ read, weights }: QueryView, tokens: number, most: number): ViewBin[] {
  const size = Math.max(1, Math.ceil(tokens / most));
  return Array.from({ length: Math.ceil(read.length / size) }, (_, b) => {
    const [from, to] = [b * size, Math.min((b + 1) * size, read.length)];
    const sum = (values: Float64Array): number => values.subarray(from, to).reduce((a, x) => a + x, 0);
    return { from, to, read: sum(read) / (to - from), weight: sum(weights) };
  });
}
