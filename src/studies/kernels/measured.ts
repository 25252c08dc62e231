import { measuredFolder, readKernels } from "../../files/kernels.ts";
import { setOf } from "../../hardware/constants/choose.ts";
import type { Measured } from "../../hardware/constants/fit/fit.ts";
import type { ConstantSet, Framework } from "../../hardware/constants/set.ts";
import { architectureOf } from "../../hardware/system.ts";
import type { Architecture } from "../../hardware/system.ts";
import { systems } from "../../hardware/systems/all.ts";

/** Measured kernels. */
export interface MeasuredQuestion {
  /** folder of measured kernels (default: the one that the engine's constants were fitted to) */
  readonly kernels?: string | undefined;
  /** serving engine (default: the usual one) */
  readonly framework?: Framework | undefined;
  /** architecture of the GPUs (default: Blackwell) */
  readonly architecture?: Architecture | undefined;
}

/** Constants of the question's engine on its architecture. */
export const askedSet = ({ framework, architecture }: MeasuredQuestion): ConstantSet =>
  setOf(framework, architecture);

/**
 * Rows of the question: all rows of a given folder; of the package's own folders those of the architecture.
 *
 * @throws UsageError for files that cannot be read
 */
export function measuredRows(question: MeasuredQuestion): Measured[] {
  if (question.kernels !== undefined) return readKernels(question.kernels);
  const set = askedSet(question);
  const isOwn = (name: string): boolean => architectureOf(systems.get(name)) === set.architecture;
  return readKernels(measuredFolder(set))
    .map(({ file, rows }) => ({ file, rows: rows.filter((row) => isOwn(row.text("system"))) }))
    .filter(({ rows }) => rows.length > 0);
}
