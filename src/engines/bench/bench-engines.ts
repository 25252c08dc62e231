import { unknownName } from "../../core/errors.ts";
import { listEngines, loadEngines } from "../registry.ts";
import { bench, stepsOf } from "./bench.ts";
import type { BenchResult } from "./bench.ts";
import { BenchOperands, sizeOf } from "./operands.ts";
import { engineSubjects } from "./subject.ts";
import type { BenchSubject } from "./subject.ts";
import { gemm, workloads } from "./workloads.ts";
import type { KernelWorkload } from "./workloads.ts";

/** Engines that are measured, and how. */
export interface EngineBench {
  readonly engines: readonly string[];
  /** measured beside the engines */
  readonly peers?: readonly BenchSubject[];
  readonly workloads: readonly KernelWorkload[];
  readonly threads: number;
  readonly rounds: number;
  /** called after each step, with the number of all steps */
  readonly onStep?: (steps: number) => void;
}

/** Seconds of one measurement. */
const seconds = 0.3;

/**
 * Loads engines and measures them, and peers beside them.
 *
 * @throws UsageError for unknown engines, and engines that cannot be used
 */
export async function benchEngines(asked: EngineBench): Promise<BenchResult> {
  const { engines, peers = [], workloads: chosen, threads, rounds, onStep } = asked;
  const loaded = engines.length === 0 ? undefined : await loadEngines(engines, { threads });
  try {
    const own = loaded
      ? engineSubjects(loaded.engines, new BenchOperands(loaded.memory, sizeOf([gemm, ...chosen])))
      : [];
    const plan = { workloads: chosen, subjects: [...own, ...peers], threads, rounds, seconds };
    return await bench({ ...plan, onStep: () => onStep?.(stepsOf(plan)) });
  } finally {
    loaded?.memory.close();
  }
}

/** Usable engines whose speed matters. */
export const usableEngines = async (threads: number): Promise<string[]> =>
  (await listEngines({ threads }))
    .filter(({ name, usable }) => usable && name !== "reference")
    .map(({ name }) => name);

/** Workloads whose names begin as given; without beginnings all. @throws UsageError for a beginning that none has */
export function workloadsNamed(beginnings: readonly string[] | undefined): KernelWorkload[] {
  const all = workloads();
  const names = all.map(({ name }) => name);
  for (const beginning of beginnings ?? [])
    if (!names.some((name) => name.startsWith(beginning))) unknownName("workload", beginning, names);
  return all.filter(({ name }) => beginnings?.some((beginning) => name.startsWith(beginning)) ?? true);
}

/** @throws Error that names every wrong result */
export function refuseWrong({ failures }: BenchResult): void {
  if (failures.length > 0) throw new Error(failures.join("\n       "));
}
