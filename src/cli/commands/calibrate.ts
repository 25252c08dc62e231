import type { Command } from "@commander-js/extra-typings";
import { runCalibrate } from "../../studies/calibrate/run.ts";
import { freeParams } from "../../studies/calibrate/search.ts";
import { defaultFit, defaultReadings } from "../../studies/calibrate/target.ts";
import { withConfirmOptions } from "../options/confirm.ts";
import { collect, givenReader, integer, withReaderOptions } from "../options/values.ts";
import { formatCalibration } from "../print/calibration.ts";
import { watch } from "../print/watch.ts";
import { print } from "../print/print.ts";

const help = `
Columns have the names of data/published-scores.csv: mrcr-v2-8needle:32K-64K, or mrcr-v2-8needle for all its columns.
The fit decides ${Object.keys(freeParams).join(", ")}; a parameter that is given stays as given.
The same command run again resumes the numerics without another fit.`;

/** `attnsim calibrate`: a reader fitted to published scores. */
export default function calibrateCommand(command: Command): void {
  const asking = withConfirmOptions(command, { trials: 20, out: "results/local/calibrate" })
    .option("--variant <spec>", "attention variant of the reader", "dense")
    .option("--model <name>", "model whose published scores the reader is fitted to", "GPT-5.4")
    .option(
      "--fit <column>",
      `published column to fit; more with commas or again (default: ${defaultFit.join(", ")})`,
      collect,
    )
    .option(
      "--left-out <column>",
      "published column to report and not to fit; more with commas or again (default: all others)",
      collect,
    )
    .option(
      "--task <spec>",
      `task spec that a benchmark is read with; more with commas or again (default: ${defaultReadings.join(", ")})`,
      collect,
    )
    .option("--starts <n>", "starting points of the search (simplex)", integer(1), 4)
    .option("--trials <n>", "trials of each column in the mean field", integer(2), 100)
    .option("--confirm", "run full numerics at the fitted point (the default)")
    .option("--no-confirm", "skip full numerics")
    .option("--seed <n>", "seed of starts and trials", integer(0), 0);
  withReaderOptions(asking)
    .addHelpText("after", help)
    .action(async ({ json, confirm = true, ...options }) => {
      const { answer } = await runCalibrate({ ...options, confirm, reader: givenReader(options) }, watch);
      print(json ? JSON.stringify(answer, null, 2) : formatCalibration(answer));
    });
}
