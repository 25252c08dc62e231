import { systems } from "../../hardware/systems/all.ts";
import { readConstants } from "../../files/kernels.ts";
import { constantsFor } from "../../hardware/constants/choose.ts";
import type { FittedConstants } from "../../hardware/constants/constants.ts";
import { fileErrors } from "../../hardware/constants/fit/errors.ts";
import type { FileErrors } from "../../hardware/constants/fit/errors.ts";
import { isHeldOut } from "../../hardware/constants/fit/fit.ts";
import type { Framework } from "../../hardware/constants/set.ts";
import { machineOf } from "../../hardware/kernels/machine.ts";
import type { Machine } from "../../hardware/kernels/machine.ts";
import { measuredRows } from "./measured.ts";
import type { MeasuredQuestion } from "./measured.ts";

/** Measured kernels to compare predictions with. */
export interface KernelErrorsQuestion extends MeasuredQuestion {
  /** true: only the rows held out of the fit */
  readonly heldOut?: boolean | undefined;
  /** JSON file of constants (default: the package's own) */
  readonly constants?: string | undefined;
}

/** Errors of the predictions of each file's rows. @throws UsageError for files that cannot be read */
export function kernelErrors({ heldOut, constants, ...question }: KernelErrorsQuestion): FileErrors[] {
  const fitted = constants === undefined ? undefined : readConstants(constants);
  const machines = machinesWith(question.framework, fitted);
  return measuredRows(question)
    .map((file) => fileErrors(file, machines, heldOut ? isHeldOut : undefined))
    .filter((errors) => errors !== undefined);
}

/** Every system with an engine's constants. @param fitted constants in place of the package's own */
export const machinesWith = (framework?: Framework, fitted?: FittedConstants): ReadonlyMap<string, Machine> =>
  new Map(
    [...systems].map((system) => {
      const set = constantsFor(system, framework);
      return [system.name, machineOf(system, "measured", fitted ? { ...set, systems: fitted } : set)];
    }),
  );
