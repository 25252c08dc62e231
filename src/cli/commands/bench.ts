import type { Command } from "@commander-js/extra-typings";
import { formatNumber } from "../../core/units.ts";
import { writeAtomic } from "../../files/files.ts";
import { engineTimesFile } from "../../engines/auto/saved-times.ts";
import type { EngineTimes } from "../../engines/auto/table.ts";
import { timeEngines } from "../../engines/bench/time-engines.ts";
import { printBench, runBench, usableEngines, withBenchOptions } from "../bench-run.ts";
import type { BenchOptions } from "../bench-run.ts";
import { startProgress } from "../print/progress.ts";
import type { Progress } from "../print/progress.ts";
import { formatTable } from "../print/table.ts";

const notes = `
Every result is checked against float64 before it is timed. GB/s counts the bytes that must be moved at least, GFLOP/s
multiplications and additions; shares are of the read bandwidth and of the highest arithmetic rate measured in the same
run. What stays in the processor's caches, as gathered rows do, can be faster than memory.

--calibrate writes the table for --engine auto, for this number of threads, into the user's cache folder. It is ignored
once the processor, an engine or its version is another.`;

/** `attnsim bench`: what the engines need for the workloads of long contexts, here. */
export default function benchCommand(command: Command): void {
  withBenchOptions(command)
    .option("--calibrate", "measure the table that --engine auto chooses by, which takes half a minute")
    .addHelpText("after", notes)
    .action(async (options) => {
      if (options.calibrate) await calibrateAuto(options);
      else
        printBench(
          await runBench(options, options.engine ?? (await usableEngines(options.threads))),
          options,
        );
    });
}

/** Seconds of one measurement. */
const seconds = 0.2;

async function calibrateAuto({ threads, json }: BenchOptions): Promise<void> {
  let progress: Progress | undefined;
  try {
    const onStep = (of: number): void => {
      progress ??= startProgress(of, of, "measurements");
      progress.advance(1);
    };
    const calibration = await timeEngines({ threads, seconds, onStep });
    const file = engineTimesFile(threads);
    writeAtomic(file, `${JSON.stringify(calibration, null, 2)}\n`);
    progress?.stop();
    console.log(json ? JSON.stringify(calibration, null, 2) : `${layOut(calibration)}\n\nwritten to ${file}`);
  } finally {
    progress?.stop();
  }
}

const layOut = ({ engines, table }: EngineTimes): string =>
  formatTable(
    ["call", "sizes", ...Object.keys(engines).map((name) => `${name} ms`)],
    table.map(({ kind, sizes, ms }) => [
      kind,
      sizes.join(" x "),
      ...Object.keys(engines).map((name) => formatNumber(ms[name] ?? NaN)),
    ]),
  );
