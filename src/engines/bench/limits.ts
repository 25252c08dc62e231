import { limitKernels } from "../wasm/limits.ts";
import { timeCalls } from "./timing.ts";

/** The highest rate that was measured, and the work that reached it. */
export interface Limit {
  readonly perSecond: number;
  readonly by: string;
}

/**
 * Limits of the machine, which times are compared with.
 *
 * - bandwidth: bytes read by SIMD loads from memory that no cache holds, on all threads
 * - flops: the highest rate of a multiply-add loop in registers, which WebAssembly runs 128 bits wide and unfused, and
 *   of the subjects' matrix products, which may use wider and fused instructions
 */
export interface MachineLimits {
  readonly bandwidth: Limit;
  readonly flops: Limit;
}

/** Measures repeatedly and keeps the highest rate, since a disturbance only lowers it. */
export class LimitMeter {
  readonly #kernels;
  #bandwidth: Limit = { perSecond: 0, by: "" };
  #flops: Limit = { perSecond: 0, by: "" };

  constructor(threads: number) {
    this.#kernels = limitKernels({ threads });
  }

  measure(seconds: number): void {
    const effort = { seconds, warmUp: true };
    const { bytesRead, read, flops, multiplyAdd } = this.#kernels;
    this.#bandwidth = larger(this.#bandwidth, bytesRead, timeCalls(read, effort), "wasm loads");
    this.computed(flops, timeCalls(multiplyAdd, effort), "wasm multiply-adds");
  }

  /** Takes other work into account: `flops` operations in `times` milliseconds each. */
  computed(flops: number, times: readonly number[], by: string): void {
    this.#flops = larger(this.#flops, flops, times, by);
  }

  get found(): MachineLimits {
    return { bandwidth: this.#bandwidth, flops: this.#flops };
  }

  close(): void {
    this.#kernels.close();
  }
}

function larger(before: Limit, work: number, times: readonly number[], by: string): Limit {
  const perSecond = work / (Math.min(...times) / 1000);
  return perSecond > before.perSecond ? { perSecond, by } : before;
}
