import type { Command } from "@commander-js/extra-typings";
import { UsageError } from "../../../core/errors.ts";
import { judge } from "../../../deployment/published/predict.ts";
import { targets, targetsNamed } from "../../../deployment/published/system-targets.ts";
import { kernelErrors } from "../../../studies/kernels/errors.ts";
import { writeRows } from "../../../runs/write-rows.ts";
import { measuredOptions } from "../../options/measured.ts";
import { outputOptions } from "../../options/outputs.ts";
import { formatKernelErrors } from "../../print/kernels.ts";
import { formatVerdicts, verdictData } from "../../print/verdicts.ts";
import { watch } from "../../print/watch.ts";
import { print } from "../../print/print.ts";

const notes = `
A folder holds CSV files in the format of data/blackwell-kernels, whose README describes each file. A file's name says which
operator its rows measured. Errors are |predicted / measured - 1| under the profile "measured". One row in four of the
package's files was held out of the fit; --held-out compares those rows alone. A row's system takes the constants of
--framework on its own architecture of GPUs.`;

/** `attnsim hardware validate`: compares operators with measured kernels, or the model with published systems. */
export default function hardwareValidateCommand(command: Command): void {
  measuredOptions(outputOptions(command))
    .option("--systems", "compare with published numbers of serving systems, not with kernels")
    .option("--targets <names>", "with --systems: only these published numbers, by name")
    .option("--held-out", "compare only the rows that were held out of the fit")
    .option("--constants <file>", "JSON of constants from hardware fit (default: the package's own)")
    .option("--json", "print JSON: file, rows, medianAbsError, p90AbsError, worst; errors as fractions")
    .addHelpText("after", notes)
    .action(async ({ systems, targets: names, json, csv, figure, ...question }) => {
      if (names !== undefined && !systems)
        throw new UsageError("--targets names published numbers of systems: it needs --systems");
      if (systems) {
        const asked = names === undefined ? targets : targetsNamed(names);
        const verdicts = watch.steps(asked.length, "published numbers", (onStep) => judge(asked, onStep));
        print(json ? JSON.stringify(verdicts.map(verdictData), null, 2) : formatVerdicts(verdicts));
        await writeRows(verdicts.map(verdictData), "Published numbers of systems, predicted", {
          csv,
          figure,
        });
        return;
      }
      const errors = kernelErrors(question);
      print(json ? JSON.stringify(errors, null, 2) : formatKernelErrors(errors));
      await writeRows(errors, "How far are predicted times from measured kernels?", { csv, figure });
    });
}
