import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../../core/stats.ts";
import { LimitMeter } from "./limits.ts";
import type { MachineLimits } from "./limits.ts";
import { ratiosOf } from "./ratios.ts";
import type { BenchRatio } from "./ratios.ts";
import type { BenchSubject } from "./subject.ts";
import { settling } from "./timing.ts";
import { gemm } from "./workloads.ts";
import type { KernelWorkload } from "./workloads.ts";

/** Times of one subject on one workload. */
export interface BenchRow {
  readonly workload: string;
  readonly engine: string;
  readonly threads: number;
  /** median over the rounds of the median call; null for a wrong result */
  readonly ms: number | null;
  /** median call of the fastest and of the slowest round */
  readonly msLow: number | null;
  readonly msHigh: number | null;
  readonly gbps: number | null;
  /** multiplications and additions alone; 0 if there are none */
  readonly gflops: number | null;
  /** shares of the limits measured in the same run */
  readonly ofBandwidth: number | null;
  readonly ofFlops: number | null;
  /** distance from float64, relative to the largest number of the result; null without a result */
  readonly error: number | null;
}

export interface BenchOptions {
  readonly workloads: readonly KernelWorkload[];
  readonly subjects: readonly BenchSubject[];
  readonly threads: number;
  /** rounds in which everything is measured, one subject after another */
  readonly rounds: number;
  /** seconds of a measurement */
  readonly seconds: number;
  /** called after each of `stepsOf` */
  readonly onStep?: () => void;
}

export interface BenchResult {
  readonly limits: MachineLimits;
  readonly rows: readonly BenchRow[];
  /** engines compared with peers; none without peers */
  readonly ratios: readonly BenchRatio[];
  /** descriptions of wrong results, a line each */
  readonly failures: readonly string[];
}

type StepOptions = Pick<BenchOptions, "workloads" | "subjects" | "rounds">;

/** Steps of a measurement, for a progress bar. */
export const stepsOf = ({ workloads, subjects, rounds }: StepOptions): number =>
  subjects.length * (workloads.length + 1) * (1 + rounds);

/** One subject on one workload. */
interface BenchCell {
  readonly workload: KernelWorkload;
  readonly subject: BenchSubject;
  readonly error: number | null;
  /** median milliseconds of each round; undefined for a wrong result, which is not timed */
  times: number[] | undefined;
}

/** Checks every result. Then times the right ones, round after round with the subjects in turn. */
export async function bench(options: BenchOptions): Promise<BenchResult> {
  const { workloads, subjects, threads, rounds, seconds, onStep = () => undefined } = options;
  const cells: BenchCell[] = [];
  const failures: string[] = [];
  for (const workload of [gemm, ...workloads])
    for (const subject of subjects) {
      const checked = await check(subject, workload);
      onStep();
      if (checked === undefined) continue;
      const { error = null, failure } = checked;
      if (failure !== undefined) failures.push(`${subject.name}, ${workload.name}: ${failure}`);
      cells.push({ workload, subject, error, times: failure === undefined ? [] : undefined });
    }
  const limits = new LimitMeter(threads);
  try {
    for (let round = 0; round < rounds; round++) {
      limits.measure(seconds);
      for (const cell of cells) {
        const { workload, subject, times } = cell;
        onStep();
        if (times === undefined) continue;
        await sleep(settling);
        const warmUp = times.length === 0 || times.at(-1)! < 1000 * seconds;
        try {
          times.push(median(await subject.time(workload, { seconds, warmUp })));
        } catch (error) {
          failures.push(`${subject.name}, ${workload.name}: ${reasonOf(error)}`);
          cell.times = undefined;
        }
      }
    }
  } finally {
    limits.close();
  }
  for (const { workload, subject, times } of cells)
    if (workload === gemm && times) limits.computed(gemm.flops, times, `${subject.name} ${gemm.name}`);
  const shown = cells.filter(({ workload }) => workload !== gemm);
  return {
    limits: limits.found,
    rows: shown.map((cell) => rowOf(cell, limits.found)),
    ratios: ratiosOf(shown),
    failures,
  };
}

interface Checked {
  readonly error?: number;
  /** reason why it is not timed */
  readonly failure?: string;
}

async function check(subject: BenchSubject, workload: KernelWorkload): Promise<Checked | undefined> {
  try {
    const agreement = await subject.check(workload);
    if (agreement === undefined) return undefined;
    const { error, tolerance } = agreement;
    if (error <= tolerance) return { error };
    const far = `${error.toExponential(1)} from float64, allowed ${tolerance.toExponential(1)}`;
    return { failure: far, ...(Number.isFinite(error) && { error }) };
  } catch (error) {
    return { failure: reasonOf(error) };
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function rowOf(
  { workload, subject, error, times }: BenchCell,
  { bandwidth, flops }: MachineLimits,
): BenchRow {
  const ms = times === undefined ? null : median(times);
  const perSecond = (work: number, unit: number): number | null =>
    ms === null ? null : work / (ms / 1000) / unit;
  return {
    workload: workload.name,
    engine: subject.name,
    threads: subject.threads,
    ms,
    msLow: times === undefined ? null : Math.min(...times),
    msHigh: times === undefined ? null : Math.max(...times),
    gbps: perSecond(workload.bytes, 1e9),
    gflops: perSecond(workload.flops, 1e9),
    ofBandwidth: perSecond(workload.bytes, bandwidth.perSecond),
    ofFlops: perSecond(workload.flops, flops.perSecond),
    error,
  };
}
