import { limitKernels } from "../wasm/limits.ts";
import { timeCalls } from "./timing.ts";

/** What the machine did at most, and what did it. */
export interface Limit {
  readonly perSecond: number;
  readonly by: string;
}

/**
 * What times are compared with.
 *
 * - bandwidth: bytes read by SIMD loads from memory that no cache holds, on all threads
 * - flops: the most of a multiply-add loop in registers, which WebAssembly runs 128 bits wide and unfused, and of the
 *   matrix products of whatever is measured, which may use wider and fused instructions
 */
export interface MachineLimits {
  readonly bandwidth: Limit;
  readonly flops: Limit;
}

/** Measures again and again, and keeps the most: whatever disturbs a measurement makes it less. */
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

  /** Something else has computed: so many operations, in so many milliseconds each time. */
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
