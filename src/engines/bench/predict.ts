import type { KernelWorkload } from "./workloads.ts";

/** A kernel's work, and its time. */
export interface Timed {
  readonly workload: Pick<KernelWorkload, "bytes" | "flops">;
  readonly seconds: number;
}

/**
 * Seconds of a kernel, predicted from the same kernel over fewer rows: bytes at the machine's bandwidth, plus the small
 * kernel's remaining time per operation. The two are added, since an engine's threads load and then compute.
 *
 * @param bandwidth of reading memory, B/s
 */
export function predicted(small: Timed, large: Timed["workload"], bandwidth: number): number {
  const rest = Math.max(0, small.seconds - small.workload.bytes / bandwidth);
  return large.bytes / bandwidth + (rest * large.flops) / small.workload.flops;
}
