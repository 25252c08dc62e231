import type { Command } from "@commander-js/extra-typings";
import { writeAtomic } from "../../../files/files.ts";
import { constantsFile, fitKernels } from "../../../studies/kernels/fit.ts";
import { askedSet } from "../../../studies/kernels/measured.ts";
import { writeRows } from "../../../runs/write-rows.ts";
import { measuredOptions } from "../../options/measured.ts";
import { outputOptions } from "../../options/outputs.ts";
import { formatFit } from "../../print/kernels.ts";
import { watch } from "../../print/watch.ts";
import { print } from "../../print/print.ts";

const notes = `
The fit finds one set of constants for each system, kernel and precision: launch overheads, shares of peak rates, and the
overlap of arithmetic and memory. It is robust least squares of log(predicted / measured), one file after another, since
modules use the constants of their kernels. The rows of all systems are fitted first. The rows of each system are fitted from
there; constants that they do not decide keep the values of all systems. One row in four, by a hash of its texts, is held out.

The package carries a set for each engine (--framework) and architecture of GPUs; \`attnsim list constants\` lists them. The fit
of an engine other than TensorRT-LLM starts at its constants. npm run fit writes all sets, npm run fit -- sglang-hopper one.`;

/** `attnsim hardware fit`: the constants of the operators from measured kernels. */
export default function hardwareFitCommand(command: Command): void {
  measuredOptions(outputOptions(command))
    .option("--out <file>", "write the constants as JSON, or as a TypeScript module if the name ends in .ts")
    .option("--json", "print JSON: the errors of each file, for fitted rows and for rows held out")
    .addHelpText("after", notes)
    .action(async ({ kernels, framework, architecture, out, json, ...files }) => {
      const question = { kernels, framework, architecture };
      const { constants, errors } = fitKernels(question, watch);
      if (out !== undefined) writeAtomic(out, constantsFile(constants, out, askedSet(question)));
      if (json) print(JSON.stringify(errors, null, 2));
      else print(formatFit(errors) + (out === undefined ? "" : `\n\nwritten to ${out}`));
      await writeRows(
        errors.flatMap(({ fitted, heldOut }) => [
          { rows: "fitted", ...fitted },
          { rows: "held out", ...heldOut },
        ]),
        "How far are fitted times from measured kernels?",
        files,
      );
    });
}
