import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { readText } from "../../files/files.ts";
import type { ReaderFit } from "./fit.ts";
import type { CalibrationResult, FitQuestion } from "./result.ts";
import type { ColumnScores } from "./scores.ts";
import { columnRoles } from "./target.ts";
import type { ColumnRole, HalfTargets } from "./target.ts";

/**
 * The fit of an earlier calibration.json, if it has the same question, trials and columns. It lets interrupted numerics
 * continue without another fit.
 */
export function keptFit(
  path: string,
  question: FitQuestion,
  trials: number,
  targets: HalfTargets,
): ReaderFit | undefined {
  if (!existsSync(path)) return undefined;
  const result = readResult(path);
  if (result === undefined) return undefined;
  const { version, variant, model, tasks, seed, starts, given } = result;
  const columns = columnRoles.flatMap((role) => targets[role].map(({ name }) => `${role} ${name}`));
  const same =
    isDeepStrictEqual({ version, variant, model, tasks, seed, starts, given }, question) &&
    result.trials.meanField === trials &&
    isDeepStrictEqual(
      result.columns.map(({ role, benchmark, column }) => `${role} ${benchmark}:${column}`),
      columns,
    );
  if (!same) return undefined;
  const half = (role: ColumnRole): ColumnScores => {
    const means = result.columns.filter((row) => row.role === role).map(({ meanField }) => meanField);
    return { means, trials: means.map(() => trials), error: result.error[role].meanField };
  };
  return { fit: result.fit, reader: result.reader, fitted: half("fitted"), leftOut: half("left out") };
}

/** A calibration of this program; undefined for another file. */
function readResult(path: string): CalibrationResult | undefined {
  try {
    const result = JSON.parse(readText(path)) as Partial<CalibrationResult> | null;
    return result?.columns && result.trials && result.error ? (result as CalibrationResult) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
