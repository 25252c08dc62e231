import { readKernels } from "../../files/kernels.ts";
import type { FittedConstants } from "../../hardware/constants/constants.ts";
import { fileErrors } from "../../hardware/constants/fit/errors.ts";
import type { FileErrors } from "../../hardware/constants/fit/errors.ts";
import { fitSystems, isHeldOut } from "../../hardware/constants/fit/fit.ts";
import { systems } from "../../hardware/systems/all.ts";
import { unwatched } from "../../runs/watch.ts";
import type { Watch } from "../../runs/watch.ts";
import { machinesWith } from "./errors.ts";

/** Errors of one file's rows; undefined for a side without rows. */
export interface FitErrors {
  readonly file: string;
  /** of the rows that were fitted */
  readonly fitted: FileErrors | undefined;
  readonly heldOut: FileErrors | undefined;
}

/** Constants of kernels, and the errors of their predictions. */
export interface KernelFit {
  readonly constants: FittedConstants;
  readonly errors: readonly FitErrors[];
}

/** Fits constants of every system that a row names. @param folder of measured kernels */
export function fitKernels(folder: string, watch: Watch = unwatched): KernelFit {
  const files = readKernels(folder);
  const names = new Set(files.flatMap(({ rows }) => rows.map((row) => row.text("system"))));
  const fitted = [...names].sort().map((name) => systems.get(name));
  const passes = (fitted.length + 1) * files.length;
  const constants = watch.steps(passes, "files", (onStep) => fitSystems(fitted, files, onStep));
  const machines = machinesWith(constants);
  const errors = files.map((file) => ({
    file: `${file.file.file}.csv`,
    fitted: fileErrors(file, machines, (row) => !isHeldOut(row)),
    heldOut: fileErrors(file, machines, isHeldOut),
  }));
  return { constants, errors };
}

const heading = `import type { FittedConstants } from "./constants.ts";

/**
 * Constants of kernels by system, kernel, case and name, fitted to the measured kernels of data/blackwell-kernels by
 * \`npm run fit\`, which writes this file. Seconds, and shares of peak rates; each kernel's own file says what each is.
 */
`;

/** The text of a file of constants: a TypeScript module if the path ends in .ts, otherwise JSON. */
export function constantsFile(constants: FittedConstants, path: string): string {
  const json = JSON.stringify(constants, null, 2);
  if (!path.endsWith(".ts")) return `${json}\n`;
  return `${heading}export const fitted: FittedConstants = ${json.replaceAll(/"([A-Za-z_]\w*)":/g, "$1:")};\n`;
}
