import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Calibration, ColumnScores } from "./calibrate.ts";
import { readText } from "../../files/files.ts";
import { roles } from "./report.ts";
import type { CalibrationReport, FitQuestion, HalfTargets, Role } from "./report.ts";

/**
 * The fit that a calibration.json holds, where it answers the same question with as many trials of the same columns:
 * numerics that were interrupted go on without another fit.
 */
export function keptFit(
  path: string,
  question: FitQuestion,
  trials: number,
  targets: HalfTargets,
): Calibration | undefined {
  if (!existsSync(path)) return undefined;
  const report = readReport(path);
  if (report === undefined) return undefined;
  const { version, variant, model, tasks, seed, starts, given } = report;
  const columns = roles.flatMap((role) => targets[role].map(({ name }) => `${role} ${name}`));
  const same =
    isDeepStrictEqual({ version, variant, model, tasks, seed, starts, given }, question) &&
    report.trials.theory === trials &&
    isDeepStrictEqual(
      report.columns.map(({ role, benchmark, column }) => `${role} ${benchmark}:${column}`),
      columns,
    );
  if (!same) return undefined;
  const half = (role: Role): ColumnScores => {
    const means = report.columns.filter((row) => row.role === role).map(({ theory }) => theory);
    return { means, trials: means.map(() => trials), error: report.error[role].theory };
  };
  return { fit: report.fit, reader: report.reader, fitted: half("fitted"), leftOut: half("left out") };
}

/** A report of this program; undefined where the file is none. */
function readReport(path: string): CalibrationReport | undefined {
  try {
    const report = JSON.parse(readText(path)) as Partial<CalibrationReport> | null;
    return report?.columns && report.trials && report.error ? (report as CalibrationReport) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
