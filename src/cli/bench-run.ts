import { availableParallelism } from "node:os";
import type { Command } from "@commander-js/extra-typings";
import { unknownName } from "../core/errors.ts";
import { formatNumber, formatUnit } from "../core/units.ts";
import { processorName } from "../engines/machine.ts";
import { listEngines, loadEngines } from "../engines/registry.ts";
import { bench, stepsOf } from "../engines/bench/bench.ts";
import type { BenchResult, BenchRow } from "../engines/bench/bench.ts";
import type { Limit } from "../engines/bench/limits.ts";
import { BenchOperands, sizeOf } from "../engines/bench/operands.ts";
import { engineSubjects } from "../engines/bench/subject.ts";
import type { BenchSubject } from "../engines/bench/subject.ts";
import { gemm, workloads } from "../engines/bench/workloads.ts";
import type { KernelWorkload } from "../engines/bench/workloads.ts";
import { integer } from "./options/values.ts";
import { startProgress } from "./print/progress.ts";
import { formatTable } from "./print/table.ts";

/** What the options are read as. */
export interface BenchOptions {
  engine?: string[];
  threads: number;
  only?: string[];
  repeats: number;
  json?: true;
}

/** Seconds of one measurement. */
const seconds = 0.3;

const append = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** Options of everything that measures the workloads: `attnsim bench` and `npm run bench`. */
export const withBenchOptions = <O extends Record<string, unknown>>(
  command: Command<[], O>,
): Command<[], O & BenchOptions> =>
  (command as unknown as Command)
    .option("--engine <name>", "engine to measure; again for more; all usable ones when absent", append)
    .option("--threads <n>", "threads of each", integer(1), availableParallelism())
    .option("--only <workload>", "workload to measure, or how its name begins; again for more", append)
    .option("--repeats <n>", "rounds over all workloads and engines", integer(1), 3)
    .option("--json", "print the measurements as JSON") as unknown as Command<[], O & BenchOptions>;

/** Workloads whose names begin as asked. @throws UsageError for a beginning that none has */
function chosenWorkloads(only?: readonly string[]): KernelWorkload[] {
  const all = workloads();
  const names = all.map(({ name }) => name);
  for (const asked of only ?? [])
    if (!names.some((name) => name.startsWith(asked))) unknownName("workload", asked, names);
  return all.filter(({ name }) => only?.some((asked) => name.startsWith(asked)) ?? true);
}

/** Usable engines whose speed matters. */
export const usableEngines = async (threads: number): Promise<string[]> =>
  (await listEngines({ threads }))
    .filter(({ name, usable }) => usable && name !== "reference")
    .map(({ name }) => name);

/**
 * Measures engines, and others beside them, with a progress bar.
 *
 * @throws UsageError for unknown engines and workloads, and engines that cannot be used
 */
export async function runBench(
  { threads, repeats, only }: BenchOptions,
  engines: readonly string[],
  peers: readonly BenchSubject[] = [],
): Promise<BenchResult> {
  const chosen = chosenWorkloads(only);
  const loaded = engines.length === 0 ? undefined : await loadEngines(engines, { threads });
  try {
    const own = loaded
      ? engineSubjects(loaded.engines, new BenchOperands(loaded.memory, sizeOf([gemm, ...chosen])))
      : [];
    const subjects = [...own, ...peers];
    const plan = { workloads: chosen, subjects, threads, rounds: repeats, seconds };
    const progress = startProgress(stepsOf(plan), stepsOf(plan), "measurements");
    try {
      return await bench({ ...plan, onStep: () => progress.advance(1) });
    } finally {
      progress.stop();
    }
  } finally {
    loaded?.memory.close();
  }
}

const processor = (): string => `${processorName()}, Node ${process.versions.node}`;

const limitText = ({ perSecond, by }: Limit, unit: string): string =>
  `${formatUnit(perSecond, unit)} (${by})`;

/** A table of all rows, below the limits that they are compared with. */
function layOutBench({ limits, rows }: BenchResult, threads: number): string {
  const digits = (value: number | null): string => (value === null ? "" : formatNumber(value));
  const share = (value: number | null): string => (value ? `${(100 * value).toFixed(0)}%` : "");
  const spread = ({ msLow, msHigh }: BenchRow): string => `${digits(msLow)} - ${digits(msHigh)}`;
  return [
    `${threads} ${threads === 1 ? "thread" : "threads"} of ${processor()}`,
    `reads ${limitText(limits.bandwidth, "B/s")}, computes ${limitText(limits.flops, "FLOP/s")}`,
    "",
    formatTable(
      ["workload", "engine", "ms", "rounds", "GB/s", "of read", "GFLOP/s", "of peak", "error"],
      rows.map((row) => [
        row.workload,
        row.engine,
        row.ms === null ? "wrong" : digits(row.ms),
        row.ms === null ? "" : spread(row),
        digits(row.gbps),
        share(row.ofBandwidth),
        row.gflops === 0 ? "" : digits(row.gflops),
        share(row.ofFlops),
        row.error === null ? "" : row.error.toExponential(1),
      ]),
    ),
  ].join("\n");
}

/** Prints the measurements. @throws Error when a result was wrong */
export function printBench(result: BenchResult, { threads, json }: BenchOptions): void {
  console.log(json ? JSON.stringify(result.rows, null, 2) : layOutBench(result, threads));
  if (result.failures.length > 0) throw new Error(result.failures.join("\n       "));
}
