import type { Estimate } from "../../core/stats.ts";
import { curveBaseline } from "./baseline.ts";
import type { CurveBaseline } from "./baseline.ts";
import type { ReaderFit } from "./fit.ts";
import type { ColumnScores, GivenReader } from "./scores.ts";
import { columnRoles } from "./target.ts";
import type { ColumnRole, HalfTargets } from "./target.ts";

/** Scores of the fitted columns and of the columns left out. */
export type HalfScores = Readonly<Record<ColumnRole, ColumnScores>>;

/** Scores of one published column. */
export interface ColumnResult {
  readonly role: ColumnRole;
  readonly benchmark: string;
  readonly column: string;
  readonly published: number;
  readonly meanField: Estimate;
  /** null without full numerics */
  readonly numerics: Estimate | null;
  /** trials with full numerics */
  readonly trials: number;
}

/** Settings that a fit depends on, except its columns and its number of trials. */
export interface FitQuestion {
  readonly version: string;
  readonly variant: string;
  readonly model: string;
  /** task specs that set how benchmarks are read */
  readonly tasks: readonly string[];
  readonly seed: number;
  readonly starts: number;
  /** reader parameters that are given and not fitted */
  readonly given: GivenReader;
}

/** A calibrated reader, as calibration.json holds it. */
export interface CalibrationResult extends FitQuestion {
  readonly trials: { readonly meanField: number; readonly numerics: number };
  readonly reader: GivenReader;
  readonly fit: ReaderFit["fit"];
  readonly columns: readonly ColumnResult[];
  /** a curve without attention, fitted to the same columns */
  readonly baseline: CurveBaseline;
  /** mean distance from the published scores, 0 to 1 */
  readonly error: Readonly<
    Record<ColumnRole, { readonly meanField: Estimate | null; readonly numerics: Estimate | null }>
  >;
}

/** Trials of each column. */
type ColumnTrials = CalibrationResult["trials"];

/** The result of a fit, with full numerics or without. */
export function calibrationResult(
  question: FitQuestion,
  { fit, reader, fitted, leftOut }: ReaderFit,
  targets: HalfTargets,
  { trials, numerics }: { readonly trials: ColumnTrials; readonly numerics?: HalfScores | undefined },
): CalibrationResult {
  const meanField: HalfScores = { fitted, "left out": leftOut };
  const errorOf = (role: ColumnRole) => ({
    meanField: meanField[role].error,
    numerics: numerics?.[role].error ?? null,
  });
  return {
    ...question,
    trials,
    reader,
    fit,
    columns: columnRoles.flatMap((role) =>
      targets[role].map(({ benchmark, column, published }, i) => ({
        role,
        benchmark,
        column,
        published,
        meanField: meanField[role].means[i]!,
        numerics: numerics?.[role].means[i] ?? null,
        trials: numerics?.[role].trials[i] ?? 0,
      })),
    ),
    baseline: curveBaseline(targets),
    error: { fitted: errorOf("fitted"), "left out": errorOf("left out") },
  };
}
