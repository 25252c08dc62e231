import type { Estimate } from "../../core/stats.ts";
import { lengthCurves } from "../../figures/length-curves.ts";
import { shareAxis } from "../../figures/style.ts";
import type { CalibrationResult, ColumnResult } from "./result.ts";
import type { HalfTargets } from "./target.ts";

/** Curves of the fitted reader over context length, beside the published scores. */
export function calibrationFigure(
  { variant, model, reader, columns }: CalibrationResult,
  targets: HalfTargets,
): object {
  const tokens = new Map(
    Object.values(targets).flatMap((half) => half.map((each) => [each.name, each.tokens])),
  );
  const tokensOf = ({ benchmark, column }: ColumnResult): number => tokens.get(`${benchmark}:${column}`)!;
  const curve = (series: string, estimateOf: (row: ColumnResult) => Estimate | null) =>
    columns.flatMap((row) => {
      const found = estimateOf(row);
      if (found === null) return [];
      const { value, low, high } = found;
      return [{ panel: row.benchmark, series, tokens: tokensOf(row), mean: value, low, high }];
    });
  const settings = Object.entries(reader).map(([name, value]) => `${name} ${value}`);
  return lengthCurves({
    title: `${variant}, fitted to ${model}: ${settings.join(", ")}`,
    subtitle:
      "mean score of simulated trials and its 95% interval over trials; open marks: published scores, at the upper end of the lengths they cover",
    points: [
      ...curve("mean field", ({ meanField }) => meanField),
      ...curve("full numerics", ({ numerics }) => numerics),
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
