import { minimise } from "../../core/simplex.ts";
import type { Estimate } from "../../core/stats.ts";
import { lossOf, meanError } from "./loss.ts";
import { columnRoles } from "./target.ts";
import type { ColumnRole, HalfTargets, TargetColumn } from "./target.ts";

/**
 * A curve over context length without any attention in it, fitted to the same columns as a reader and with as many
 * numbers: a logistic function of log length, to a power for searches of several hops. A reader that predicts the columns
 * left out no better than this says nothing of attention.
 */
export interface CurveBaseline {
  /** tokens at which a question of one hop scores one half */
  readonly halfTokens: number;
  /** steepness over the natural logarithm of length */
  readonly slope: number;
  /** exponent of the score for searches of several hops */
  readonly searchPower: number;
  /** mean distance from the published scores, 0 to 1; null without columns */
  readonly error: Readonly<Record<ColumnRole, number | null>>;
}

/** Benchmarks whose questions take several hops. */
const searches: readonly string[] = ["graphwalks-bfs"];

type Curve = Omit<CurveBaseline, "error">;

const scoreOf = ({ halfTokens, slope, searchPower }: Curve, { benchmark, tokens }: TargetColumn): number =>
  (1 / (1 + (tokens / halfTokens) ** slope)) ** (searches.includes(benchmark) ? searchPower : 1);

/** Numbers that the simplex moves: log2 of the tokens, the slope and the power. */
const curveAt = ([tokens, slope, searchPower]: readonly number[]): Curve => ({
  halfTokens: 2 ** tokens!,
  slope: slope!,
  searchPower: searchPower!,
});

/** Fits the curve to the fitted columns, and scores it on those and on the columns left out. */
export function curveBaseline(targets: HalfTargets): CurveBaseline {
  const scores = (curve: Curve, columns: readonly TargetColumn[]): number[] =>
    columns.map((column) => scoreOf(curve, column));
  const lossAt = (at: readonly number[]): number =>
    lossOf(scores(curveAt(at), targets.fitted), targets.fitted);
  const { at } = minimise(lossAt, [18, 1, 1], { step: [1, 0.3, 0.5], tolerance: 1e-4, evaluations: 2000 });
  const curve = curveAt(at);
  const error = Object.fromEntries(
    columnRoles.map((role) => {
      const columns = targets[role];
      return [role, columns.length === 0 ? null : meanError(scores(curve, columns), columns)];
    }),
  ) as Record<ColumnRole, number | null>;
  return { ...curve, error };
}

/** Verdicts on a reader's error beside that of the curve. */
export type BaselineVerdict = "beats" | "does not beat" | "is worse than";

/** Compares a reader's mean error with the curve's: the reader beats it if its whole 95% interval is below. */
export function againstBaseline(reader: Estimate, baseline: number): BaselineVerdict {
  if (reader.high < baseline) return "beats";
  return reader.low > baseline ? "is worse than" : "does not beat";
}
