import type { Command } from "@commander-js/extra-typings";
import { runCalibrate } from "../../studies/calibrate/run.ts";
import { freeParams } from "../../studies/calibrate/search.ts";
import { defaultFit, defaultReadings } from "../../studies/calibrate/target.ts";
import { withConfirmOptions } from "../options/confirm.ts";
import { append, collect, givenReader, integer, withReaderOptions } from "../options/values.ts";
import { formatCalibration } from "../print/calibration.ts";
import { watch } from "../print/watch.ts";

const help = `
Columns are named as data/published-scores.csv has them: mrcr-v2-8needle:32K-64K, or mrcr-v2-8needle for all of it.
Fitted are ${Object.keys(freeParams).join(", ")}, but for those that are given.
Numerics resume where they were when the same is run again, without another fit.`;

/** `attnsim calibrate`: a reader fitted to published scores. */
export default function calibrateCommand(command: Command): void {
  const asking = withConfirmOptions(command, { trials: 20, out: "results/local/calibrate" })
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
    .option("--seed <n>", "seed of starts and trials", integer(0), 0);
  withReaderOptions(asking)
    .addHelpText("after", help)
    .action(async ({ json, confirm = true, ...options }) => {
      const { answer } = await runCalibrate({ ...options, confirm, reader: givenReader(options) }, watch);
      console.log(json ? JSON.stringify(answer, null, 2) : formatCalibration(answer));
    });
}
