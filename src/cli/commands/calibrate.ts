import type { Command } from "@commander-js/extra-typings";
import { defaultEngine, engineNames } from "../../engines/registry.ts";
import { runCalibrate } from "../../studies/calibrate/run.ts";
import { freeParams } from "../../studies/calibrate/search.ts";
import { defaultFit, defaultReadings } from "../../studies/calibrate/target.ts";
import { forceOption } from "../options/results.ts";
import { append, collect, givenReader, integer, tokenCount, withReaderOptions } from "../options/values.ts";
import { workerOptions } from "../options/workers.ts";
import { formatCalibration } from "../print/calibration.ts";
import { watch } from "../print/watch.ts";

const help = `
Columns are named as data/published-scores.csv has them: mrcr-v2-8needle:32K-64K, or mrcr-v2-8needle for all of it.
Fitted are ${Object.keys(freeParams).join(", ")}, but for those that are given.
Numerics resume where they were when the same is run again, without another fit.`;

/** `attnsim calibrate`: a reader fitted to published scores. */
export default function calibrateCommand(command: Command): void {
  const asking = command
    .option("--variant <spec>", "attention variant of the reader", "dense")
    .option("--model <name>", "whose published scores it is fitted to", "GPT-5.4")
    .option(
      "--fit <column>",
      `published column to fit; more with commas or again (default: ${defaultFit.join(", ")})`,
      collect,
    )
    .option(
      "--left-out <column>",
      "published column to report beside those that are fitted (default: all others)",
      collect,
    )
    .option(
      "--task <spec>",
      `how a benchmark is read; again for more (default: ${defaultReadings.join(", ")})`,
      append,
    )
    .option("--starts <n>", "simplexes, each from a start of its own", integer(1), 4)
    .option("--trials <n>", "trials of each column in the mean field", integer(2), 100)
    .option("--confirm", "run full numerics at the fitted point (the default)")
    .option("--no-confirm", "leave them out")
    .option("--confirm-trials <n>", "trials of each column with full numerics", integer(1), 20)
    .option(
      "--confirm-tokens <tokens>",
      "tokens of all those trials at most; three trials are run whatever their length",
      tokenCount,
      8_388_608,
    )
    .option("--seed <n>", "seed of starts and trials", integer(0), 0)
    .option("--engine <name>", `numeric engine: ${engineNames.join(", ")}`, defaultEngine)
    .option(...workerOptions.workers)
    .option(...workerOptions.threads)
    .option("--out <folder>", "folder of the results", "results/local/calibrate")
    .option(...forceOption)
    .option("--json", "print the answer as JSON");
  withReaderOptions(asking)
    .addHelpText("after", help)
    .action(async ({ json, confirm = true, ...options }) => {
      const { answer } = await runCalibrate({ ...options, confirm, reader: givenReader(options) }, watch);
      console.log(json ? JSON.stringify(answer, null, 2) : formatCalibration(answer));
    });
}
