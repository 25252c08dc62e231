import { systems } from "../../hardware/systems/all.ts";
import { ownKernels, readConstants, readKernels } from "../../files/kernels.ts";
import type { FittedConstants } from "../../hardware/constants/constants.ts";
import { fileErrors } from "../../hardware/constants/fit/errors.ts";
import type { FileErrors } from "../../hardware/constants/fit/errors.ts";
import { isHeldOut } from "../../hardware/constants/fit/fit.ts";
import { machineOf } from "../../hardware/kernels/machine.ts";
import type { Machine } from "../../hardware/kernels/machine.ts";

/** Measured kernels to compare predictions with. */
export interface KernelErrorsQuestion {
  /** folder of measured kernels (default: the package's own) */
  readonly kernels?: string | undefined;
  /** true: only the rows held out of the fit */
  readonly heldOut?: boolean | undefined;
  /** JSON file of constants (default: the package's own) */
  readonly constants?: string | undefined;
}

/** Errors of the predictions of each file's rows. @throws UsageError for files that cannot be read */
export function kernelErrors({
  kernels = ownKernels,
  heldOut,
  constants,
}: KernelErrorsQuestion): FileErrors[] {
  const machines = machinesWith(constants === undefined ? undefined : readConstants(constants));
  return readKernels(kernels)
    .map((file) => fileErrors(file, machines, heldOut ? isHeldOut : undefined))
    .filter((errors) => errors !== undefined);
}

/** Every system with constants of its kernels (default: the package's own). */
export const machinesWith = (fitted?: FittedConstants): ReadonlyMap<string, Machine> =>
  new Map([...systems].map((system) => [system.name, machineOf(system, "measured", fitted)]));
