import type { Command } from "@commander-js/extra-typings";
import { judge } from "../../../deployment/published/predict.ts";
import { targets } from "../../../deployment/published/system-targets.ts";
import { kernelErrors } from "../../../studies/kernels/errors.ts";
import { formatKernelErrors } from "../../print/kernels.ts";
import { formatVerdicts, verdictData } from "../../print/verdicts.ts";
import { watch } from "../../print/watch.ts";

const notes = `
A folder holds CSV files in the format of the package's own (data/blackwell-kernels, whose README says what each is); a
file's name says which operator its rows measured. Errors are |predicted / measured - 1|, of the profile "measured".
One row in four of the package's files was held out of its fit: --held-out looks at those alone.`;

/** `attnsim hardware validate`: how far the operators are from measured kernels, or the model from published systems. */
export default function hardwareValidateCommand(command: Command): void {
  command
    .option(
      "--kernels <folder>",
      "folder of measured kernels (default: the package's own, data/blackwell-kernels)",
    )
    .option("--systems", "compare with published numbers of systems that serve models, in place of kernels")
    .option("--held-out", "only the rows that a fit does not see")
    .option("--constants <file>", "JSON of constants that hardware fit wrote, in place of the package's")
    .option("--json", "print JSON: file, rows, medianAbsError, p90AbsError, worst; errors as fractions")
    .addHelpText("after", notes)
    .action(({ systems, json, ...question }) => {
      if (systems) {
        const verdicts = watch.steps(targets.length, "published numbers", (onStep) => judge(targets, onStep));
        console.log(json ? JSON.stringify(verdicts.map(verdictData), null, 2) : formatVerdicts(verdicts));
        return;
      }
      const errors = kernelErrors(question);
      console.log(json ? JSON.stringify(errors, null, 2) : formatKernelErrors(errors));
    });
}
