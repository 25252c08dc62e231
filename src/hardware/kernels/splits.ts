import { busy, overhead } from "../constants/constants.ts";
import { occupancy } from "./roofline.ts";
import type { OperatorTime } from "./operator-time.ts";

/** Constants of kernels that split each cache over processors, which read its parts side by side. */
export const splitConstants = {
  busy: busy(0.015, "of the GPU that 1024 tokens of a cache keep busy: a processor reads a part of them"),
  merge: overhead(15e-6, "to merge the parts of one cache that the whole GPU reads"),
} as const;

/** The caches that a kernel reads. */
interface Caches {
  /** a cache for each request and kv head */
  readonly count: number;
  /** of each cache */
  readonly tokens: number;
}

/**
 * The time with that of merging the parts of each cache, one part after the other (flash-decoding: Dao et al. 2023,
 * https://crfm.stanford.edu/2023/10/12/flashdecoding.html). Caches grow into as many parts as there are processors to
 * read them, and share these processors: the longer and the fewer caches are, the more parts each of them has. If
 * merging takes longer than reading, a kernel does better with fewer parts: on a share p of the processors it reads in
 * R / p and merges in p M, together at best in 2 sqrt(R M).
 *
 * @param time reading alone, with the kernel's overhead
 */
export function withMerging(
  time: OperatorTime,
  c: { readonly overhead: number; readonly busy: number; readonly merge: number },
  { count, tokens }: Caches,
): OperatorTime {
  const all = c.merge * Math.min(1, occupancy((count * tokens * c.busy) / 1024) / count);
  const reading = time.seconds - c.overhead;
  const merging = all > reading ? 2 * Math.sqrt(reading * all) - reading : all;
  if (merging <= 0) return time;
  return {
    ...time,
    seconds: time.seconds + merging,
    terms: [...time.terms, { what: "merging", seconds: merging }],
  };
}
