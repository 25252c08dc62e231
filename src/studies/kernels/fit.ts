import { setOf } from "../../hardware/constants/choose.ts";
import type { FittedConstants, SystemConstants } from "../../hardware/constants/constants.ts";
import { fileErrors } from "../../hardware/constants/fit/errors.ts";
import type { FileErrors } from "../../hardware/constants/fit/errors.ts";
import { fitSystems, isHeldOut } from "../../hardware/constants/fit/fit.ts";
import { architectureTitles, usualFramework } from "../../hardware/constants/set.ts";
import type { ConstantSet } from "../../hardware/constants/set.ts";
import { systems } from "../../hardware/systems/all.ts";
import { unwatched } from "../../runs/watch.ts";
import type { Watch } from "../../runs/watch.ts";
import { machinesWith } from "./errors.ts";
import { askedSet, measuredRows } from "./measured.ts";
import type { MeasuredQuestion } from "./measured.ts";

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

/**
 * Fits constants of every system that a row names. Those of an engine that is not the usual one start at the usual engine's.
 */
export function fitKernels(question: MeasuredQuestion, watch: Watch = unwatched): KernelFit {
  const files = measuredRows(question);
  const names = new Set(files.flatMap(({ rows }) => rows.map((row) => row.text("system"))));
  const fitted = [...names].sort().map((name) => systems.get(name));
  const passes = (fitted.length + 1) * files.length;
  const start = startOf(askedSet(question));
  const constants = watch.steps(passes, "files", (onFile) => fitSystems(fitted, files, { start, onFile }));
  const machines = machinesWith(question.framework, constants);
  const errors = files.map((file) => ({
    file: `${file.file.file}.csv`,
    fitted: fileErrors(file, machines, (row) => !isHeldOut(row)),
    heldOut: fileErrors(file, machines, isHeldOut),
  }));
  return { constants, errors };
}

/** Constants of the usual engine on the first system that it was measured on; none for that engine itself. */
function startOf({ framework, architecture }: ConstantSet): SystemConstants {
  if (framework === usualFramework) return {};
  return Object.values(setOf(usualFramework, architecture).systems)[0] ?? {};
}

/** The text of a file of constants: a TypeScript module if the path ends in .ts, otherwise JSON. */
export function constantsFile(constants: FittedConstants, path: string, set: ConstantSet): string {
  const json = JSON.stringify(constants, null, 2);
  if (!path.endsWith(".ts")) return `${json}\n`;
  const name = `${set.framework}${architectureTitles[set.architecture]}Fit`;
  return `import type { FittedConstants } from "../constants.ts";

/**
 * Constants of kernels by system, kernel, case and name, fitted to the measured kernels of data/${set.measured} by
 * \`npm run fit\`, which writes this file. Seconds, and shares of peak rates; each kernel's own file says what each is.
 */
export const ${name}: FittedConstants = ${json.replaceAll(/"([A-Za-z_]\w*)":/g, "$1:")};
`;
}
