import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { checked } from "../../files/checked.ts";
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

/** The part of a calibration.json that an earlier fit is taken from. */
const schema = z.looseObject({
  fit: z.looseObject({}),
  reader: z.record(z.string(), z.union([z.number(), z.string()])),
  trials: z.object({ meanField: z.number(), numerics: z.number() }),
  columns: z.array(
    z.looseObject({
      role: z.enum(columnRoles),
      benchmark: z.string(),
      column: z.string(),
      meanField: z.looseObject({ value: z.number() }),
    }),
  ),
  error: z.record(z.enum(columnRoles), z.looseObject({ meanField: z.unknown() })),
});

/** A calibration of this program; undefined for another file. */
function readResult(path: string): CalibrationResult | undefined {
  const text = readText(path);
  try {
    return checked(schema, parseJson(text, path), path) as unknown as CalibrationResult;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
