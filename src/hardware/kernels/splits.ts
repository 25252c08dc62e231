import { busy, overhead } from "../constants/constants.ts";
import { occupancy } from "./roofline.ts";

/** Constants of kernels that split each cache over processors, which read its parts side by side. */
export const splitConstants = {
  busy: busy(0.015, "of the GPU that 1024 tokens of a cache keep busy: a processor reads a part of them"),
  merge: overhead(15e-6, "to merge the parts of one cache that the whole GPU reads"),
} as const;

/**
 * Time to merge the parts of each cache, one part after the other (flash-decoding: Dao et al. 2023,
 * https://crfm.stanford.edu/2023/10/12/flashdecoding.html). Caches grow into as many parts as there are processors to
 * read them, and share these processors: the longer and the fewer caches are, the more parts each of them has.
 *
 * @param caches a cache for each request and kv head
 * @param tokens of each cache
 */
export function mergeSeconds(
  c: { readonly busy: number; readonly merge: number },
  caches: number,
  tokens: number,
): number {
  const reading = occupancy((caches * tokens * c.busy) / 1024);
  return c.merge * Math.min(1, reading / caches);
}
