import { median } from "../../core/stats.ts";
import { benchEngines, refuseWrong } from "../../engines/bench/bench-engines.ts";
import type { BenchRow } from "../../engines/bench/bench.ts";
import { predicted } from "../../engines/bench/predict.ts";
import { workloads } from "../../engines/bench/workloads.ts";
import type { KernelWorkload } from "../../engines/bench/workloads.ts";
import type { System } from "../../hardware/system.ts";
import { systemFrom } from "./system.ts";

/** Settings of the measurement. */
export interface KernelQuestion {
  readonly threads: number;
  readonly rounds: number;
  /** power of two that divides all row counts */
  readonly shrink: number;
  /** called after each measurement with the number of all measurements */
  readonly onStep?: (steps: number) => void;
}

/** A kernel's time, measured and predicted. */
export interface KernelPrediction {
  readonly kernel: string;
  /** of the fastest round */
  readonly measuredSeconds: number;
  readonly slowestSeconds: number;
  readonly predictedSeconds: number;
  /** predicted / measured - 1 */
  readonly error: number;
}

/** Measurements of this machine, and predicted times of its kernels. */
export interface MachineReport {
  readonly system: System;
  readonly predictions: readonly KernelPrediction[];
  readonly medianAbsError: number;
}

/** Factor of rows: a kernel is predicted from the same kernel over fewer rows. */
export const fewer = 4;

/** Kernels of attention. Their work is bytes, multiplications and exponentials. */
const kernels = (shrink: number): KernelWorkload[] =>
  workloads(shrink).filter(({ kind }) => ["decode", "prefill", "gather", "block-mean"].includes(kind));

/** Measures this machine and its kernels, and predicts the kernels from fewer rows. */
export async function predictKernels(asked: KernelQuestion): Promise<MachineReport> {
  const { threads, rounds, shrink, onStep } = asked;
  const [small, large] = [kernels(fewer * shrink), kernels(shrink)];
  const result = await benchEngines({
    engines: ["wasm"],
    workloads: [...small, ...large],
    threads,
    rounds,
    ...(onStep && { onStep }),
  });
  refuseWrong(result);
  const { limits, rows } = result;
  const rowOf = ({ name }: KernelWorkload): BenchRow => rows.find(({ workload }) => workload === name)!;
  // other work of the machine makes a round slower, never faster
  const fastest = (row: BenchRow): number => row.msLow! / 1000;
  const predictions = large.map((workload, i) => {
    const row = rowOf(workload);
    const before = small[i]!;
    const timed = { workload: before, seconds: fastest(rowOf(before)) };
    const predictedSeconds = predicted(timed, workload, limits.bandwidth.perSecond);
    return {
      kernel: workload.name,
      measuredSeconds: fastest(row),
      slowestSeconds: row.msHigh! / 1000,
      predictedSeconds,
      error: predictedSeconds / fastest(row) - 1,
    };
  });
  const medianAbsError = median(predictions.map(({ error }) => Math.abs(error)));
  return { system: systemFrom(limits), predictions, medianAbsError };
}
