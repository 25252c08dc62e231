import type { Command } from "@commander-js/extra-typings";
import { catalog } from "../../../catalog.ts";
import { writeAtomic } from "../../../files/files.ts";
import { fileErrors } from "../../../hardware/constants/fit/errors.ts";
import { fitSystems, isHeldOut } from "../../../hardware/constants/fit/fit.ts";
import type { Measured } from "../../../hardware/constants/fit/fit.ts";
import type { FittedConstants } from "../../../hardware/constants/constants.ts";
import { startProgress } from "../../print/progress.ts";
import { formatTable } from "../../print/table.ts";
import { ownKernels, readKernels } from "../../../files/kernels.ts";
import { machinesOf, percent } from "./validate.ts";

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
      "folder of measured kernels; the package's own (data/blackwell-kernels) where absent",
    )
    .option("--out <file>", "write the constants: JSON, or a module of TypeScript where the name ends so")
    .option(
      "--json",
      "print JSON: of each file the errors of the rows that were fitted, and of those held out",
    )
    .addHelpText("after", notes)
    .action(({ kernels = ownKernels, out, json }) => {
      const files = readKernels(kernels);
      const fitted = fitAll(files);
      if (out !== undefined) writeAtomic(out, formatConstants(fitted, out));
      const machines = machinesOf(fitted);
      const errors = files.map((file) => ({
        file: `${file.file.file}.csv`,
        fitted: fileErrors(file, machines, (row) => !isHeldOut(row)),
        heldOut: fileErrors(file, machines, isHeldOut),
      }));
      if (json) console.log(JSON.stringify(errors, null, 2));
      else {
        const titles = [
          "file",
          "rows fitted",
          "median error",
          "90th percentile",
          "held out",
          "median",
          "90th",
        ];
        const cells = errors.map((each) => [
          each.file,
          ...[each.fitted, each.heldOut].flatMap((side) =>
            side === undefined
              ? ["-", "-", "-"]
              : [side.rows, percent(side.medianAbsError), percent(side.p90AbsError)],
          ),
        ]);
        console.log(formatTable(titles, cells) + (out === undefined ? "" : `\n\nwritten to ${out}`));
      }
    });
}

/** The constants of every system that a row names. */
function fitAll(files: readonly Measured[]): FittedConstants {
  const named = new Set(files.flatMap(({ rows }) => rows.map((row) => row.text("system"))));
  const systems = [...named].sort().map((name) => catalog.systems.get(name));
  const passes = (systems.length + 1) * files.length;
  const progress = startProgress(passes, passes, "files");
  try {
    return fitSystems(systems, files, () => {
      progress.advance(1);
    });
  } finally {
    progress.stop();
  }
}

const heading = `import type { FittedConstants } from "../../hardware/constants.ts";

/**
 * Constants of kernels by system, kernel, case and name, fitted to the measured kernels of data/blackwell-kernels by
 * \`npm run fit\`, which writes this file. Seconds, and shares of peak rates; each kernel's own file says what each is.
 */
`;

function formatConstants(fitted: FittedConstants, path: string): string {
  const json = JSON.stringify(fitted, null, 2);
  if (!path.endsWith(".ts")) return `${json}\n`;
  return `${heading}export const fitted: FittedConstants = ${json.replaceAll(/"([A-Za-z_]\w*)":/g, "$1:")};\n`;
}
