import type { Command } from "@commander-js/extra-typings";
import { catalog } from "../../../catalog.ts";
import { UsageError } from "../../../core/errors.ts";
import { formatSeconds } from "../../../core/units.ts";
import { readText, reasonOf } from "../../../files/files.ts";
import { fileErrors } from "../../../hardware/constants/fit/errors.ts";
import type { FileErrors, RowError } from "../../../hardware/constants/fit/errors.ts";
import { isHeldOut } from "../../../hardware/constants/fit/fit.ts";
import { machineOf } from "../../../hardware/kernels/machine.ts";
import type { FittedConstants } from "../../../hardware/constants/constants.ts";
import type { Machine } from "../../../hardware/kernels/machine.ts";
import { formatTable } from "../../print/table.ts";
import { ownKernels, readKernels } from "../../../files/kernels.ts";
import { validateSystems } from "../../print/verdicts.ts";

const notes = `
A folder holds CSV files in the format of the package's own (data/blackwell-kernels, whose README says what each is); a
file's name says which operator its rows measured. Errors are |predicted / measured - 1|, of the profile "measured".
One row in four of the package's files was held out of its fit: --held-out looks at those alone.`;

/** `attnsim hardware validate`: how far the operators are from measured kernels, or the model from published systems. */
export default function hardwareValidateCommand(command: Command): void {
  command
    .option(
      "--kernels <folder>",
      "folder of measured kernels; the package's own (data/blackwell-kernels) where absent",
    )
    .option("--systems", "what systems that serve models were published to do, in place of kernels")
    .option("--held-out", "only the rows that a fit does not see")
    .option("--constants <file>", "JSON of constants that hardware fit wrote, in place of the package's")
    .option("--json", "print JSON: file, rows, medianAbsError, p90AbsError, worst; errors as fractions")
    .addHelpText("after", notes)
    .action(({ kernels = ownKernels, systems, heldOut, constants, json }) => {
      if (systems) {
        console.log(validateSystems(json === true));
        return;
      }
      const fitted = constants === undefined ? undefined : readConstants(constants);
      const machines = machinesOf(fitted);
      const errors = readKernels(kernels)
        .map((file) => fileErrors(file, machines, heldOut ? isHeldOut : undefined))
        .filter((each) => each !== undefined);
      console.log(json ? JSON.stringify(errors, null, 2) : layOut(errors));
    });
}

/** Every system of the catalog with the constants of its kernels. */
export const machinesOf = (fitted?: FittedConstants): ReadonlyMap<string, Machine> =>
  new Map([...catalog.systems].map((system) => [system.name, machineOf(system, "measured", fitted)]));

function readConstants(path: string): FittedConstants {
  try {
    return JSON.parse(readText(path)) as FittedConstants;
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(`${path} is no JSON of constants: ${reasonOf(error)}`);
  }
}

/** An error in percent. */
export const percent = (error: number): string => `${(100 * error).toFixed(1)}%`;

const layOut = (errors: readonly FileErrors[]): string =>
  formatTable(
    ["file", "rows", "median error", "90th percentile", "worst", "of the row"],
    errors.map(({ file, rows, medianAbsError, p90AbsError, worst }) => [
      ...[
        file,
        rows,
        percent(medianAbsError),
        percent(p90AbsError),
        percent(worst.absError),
        describe(worst),
      ],
    ]),
  );

const describe = ({ line, row, measuredSeconds, predictedSeconds }: RowError): string =>
  `line ${line}: ${Object.entries(row)
    .filter(([column]) => column !== "latency_ms")
    .map(([, text]) => text)
    .join(" ")}, ${formatSeconds(measuredSeconds)} measured, ${formatSeconds(predictedSeconds)} predicted`;
