import type { Command } from "@commander-js/extra-typings";
import { engineTimesFile } from "../../engines/auto/saved-times.ts";
import {
  benchEngines,
  refuseWrong,
  usableEngines,
  workloadsNamed,
} from "../../engines/bench/bench-engines.ts";
import { timeEngines } from "../../engines/bench/time-engines.ts";
import { writeAtomic } from "../../files/files.ts";
import { withMeasureOptions } from "../options/bench.ts";
import type { MeasureOptions } from "../options/bench.ts";
import { formatBench, formatEngineTimes } from "../print/bench.ts";
import { withBar } from "../print/progress.ts";
import { print } from "../print/print.ts";

const notes = `
Every result is checked against float64 before it is timed. GB/s counts the fewest bytes that must move; GFLOP/s counts
multiplications and additions. Shares compare them with the read bandwidth and the highest arithmetic rate of the same run.
Rows that stay in the processor's caches, as gathered rows do, can be faster than memory.

--calibrate writes the table for --engine auto and this number of threads into the user's cache folder. A table of another
processor, engine or version is ignored.`;

/** `attnsim bench`: times of the engines' kernels on the workloads of long contexts. */
export default function benchCommand(command: Command): void {
  withMeasureOptions(command)
    .option("--calibrate", "measure the table for --engine auto; this takes half a minute")
    .addHelpText("after", notes)
    .action((options) => (options.calibrate ? calibrateAuto(options) : measure(options)));
}

async function measure({ engine, only, threads, repeats: rounds, json }: MeasureOptions): Promise<void> {
  const workloads = workloadsNamed(only);
  const engines = engine ?? (await usableEngines(threads));
  const result = await withBar("measurements", (onStep) =>
    benchEngines({ engines, workloads, threads, rounds, onStep }),
  );
  print(json ? JSON.stringify(result.rows, null, 2) : formatBench(result, threads));
  refuseWrong(result);
}

/** Seconds of one measurement of a call. */
const seconds = 0.2;

async function calibrateAuto({ threads, json }: MeasureOptions): Promise<void> {
  const times = await withBar("measurements", (onStep) => timeEngines({ threads, seconds, onStep }));
  const file = engineTimesFile(threads);
  writeAtomic(file, `${JSON.stringify(times, null, 2)}\n`);
  print(json ? JSON.stringify(times, null, 2) : `${formatEngineTimes(times)}\n\nwritten to ${file}`);
}
