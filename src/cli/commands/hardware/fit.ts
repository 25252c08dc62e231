import type { Command } from "@commander-js/extra-typings";
import { writeAtomic } from "../../../files/files.ts";
import { ownKernels } from "../../../files/kernels.ts";
import { constantsFile, fitKernels } from "../../../studies/kernels/fit.ts";
import { formatFit } from "../../print/kernels.ts";
import { watch } from "../../print/watch.ts";

const notes = `
For each system a set of constants for each kernel and precision, never for a row: launch overheads, shares of peak rates,
how far arithmetic and memory overlap. Robust least squares of log(predicted / measured), file after file: modules rest
on the constants of the kernels in them. First the rows of all systems together, then those of each from there: what its
own rows leave open stays as the others have it. One row in four, by a hash of its texts, is held out.

npm run fit writes the constants that the package carries.`;

/** `attnsim hardware fit`: the constants of the operators from measured kernels. */
export default function hardwareFitCommand(command: Command): void {
  command
    .option(
      "--kernels <folder>",
      "folder of measured kernels (default: the package's own, data/blackwell-kernels)",
    )
    .option("--out <file>", "write the constants as JSON, or as a TypeScript module if the name ends in .ts")
    .option("--json", "print JSON: the errors of each file, for fitted rows and for rows held out")
    .addHelpText("after", notes)
    .action(({ kernels = ownKernels, out, json }) => {
      const { constants, errors } = fitKernels(kernels, watch);
      if (out !== undefined) writeAtomic(out, constantsFile(constants, out));
      if (json) console.log(JSON.stringify(errors, null, 2));
      else console.log(formatFit(errors) + (out === undefined ? "" : `\n\nwritten to ${out}`));
    });
}
