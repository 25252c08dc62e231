import { kindOf } from "../../core/stats.ts";
import type { Estimate } from "../../core/stats.ts";
import { lengthCurves } from "../../figures/length-curves.ts";
import { shareAxis } from "../../figures/axes.ts";
import type { CalibrationResult, ColumnResult } from "./result.ts";
import type { HalfTargets } from "./target.ts";

/** Curves of the fitted reader over context length, beside the published scores. */
export function calibrationFigure(
  { variant, model, trials: { meanField }, reader, columns }: CalibrationResult,
  targets: HalfTargets,
): object {
  const lengths = new Map(
    Object.values(targets).flatMap((half) => half.map((each) => [each.name, each.tokens])),
  );
  const tokensOf = ({ benchmark, column }: ColumnResult): number => lengths.get(`${benchmark}:${column}`)!;
  const curve = (
    series: string,
    estimateOf: (row: ColumnResult) => Estimate | null,
    trialsOf: (row: ColumnResult) => number,
  ) =>
    columns.flatMap((row) => {
      const found = estimateOf(row);
      if (found === null) return [];
      const { value: mean, low, high } = found;
      const trials = trialsOf(row);
      const tokens = tokensOf(row);
      return [{ panel: row.benchmark, series, tokens, mean, low, high, trials, kind: kindOf(trials) }];
    });
  const settings = Object.entries(reader).map(([name, value]) => `${name} ${value}`);
  return lengthCurves({
    title: `${variant}, fitted to ${model}: ${settings.join(", ")}`,
    subtitle:
      "mean score of simulated trials; open marks: published scores, at the upper end of the lengths they cover",
    points: [
      ...curve(
        "mean field",
        (row) => row.meanField,
        () => meanField,
      ),
      ...curve(
        "full numerics",
        (row) => row.numerics,
        (row) => row.trials,
      ),
    ],
    published: columns.map((row) => ({
      panel: row.benchmark,
      model: `${model}, ${row.role}`,
      tokens: tokensOf(row),
      mean: row.published,
    })),
    y: shareAxis("score"),
  });
}
