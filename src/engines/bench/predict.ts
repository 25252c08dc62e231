import type { KernelWorkload } from "./workloads.ts";

/** A kernel's work, and how long it took. */
export interface Timed {
  readonly workload: Pick<KernelWorkload, "bytes" | "flops">;
  readonly seconds: number;
}

/**
 * Seconds of a kernel, from the same kernel over fewer rows: bytes at the machine's bandwidth, and what else that one
 * took, per operation. The two are added: an engine's threads load, and then compute.
 *
 * @param bandwidth of reading memory, B/s
 */
export function predicted(small: Timed, large: Timed["workload"], bandwidth: number): number {
  const rest = Math.max(0, small.seconds - small.workload.bytes / bandwidth);
  return large.bytes / bandwidth + (rest * large.flops) / small.workload.flops;
}
