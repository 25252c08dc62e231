import type { Estimate } from "../../core/stats.ts";
import { formatNumber } from "../../core/units.ts";
import { againstBaseline } from "../../studies/calibrate/baseline.ts";
import type { CalibrationResult } from "../../studies/calibrate/result.ts";
import { columnRoles } from "../../studies/calibrate/target.ts";
import { formatTable } from "./table.ts";
import { formatPoints, pointsWithInterval } from "./points.ts";

const miss = (estimate: Estimate | null, published: number): string | null =>
  estimate && formatPoints(estimate.value - published);

const interval = (estimate: Estimate | null): string | null => estimate && pointsWithInterval(estimate);

const pointsOrNone = (share: number | null): string | null => (share === null ? null : formatPoints(share));

/** Sentences on the reader beside the curve without attention, by the columns left out; none without such columns. */
function baselineLines({ baseline, error }: CalibrationResult): string[] {
  const { halfTokens, slope, searchPower } = baseline;
  const own = error["left out"].numerics ?? error["left out"].meanField;
  const curve = baseline.error["left out"];
  if (own === null || curve === null) return [];
  const mode = error["left out"].numerics === null ? "in the mean field" : "with full numerics";
  return [
    `a curve of three numbers without any attention (one half at ${formatNumber(halfTokens)} tokens, slope ${slope.toFixed(2)}, searches to the power ${searchPower.toFixed(2)}), fitted to the same columns, misses the columns left out by ${formatPoints(curve)} points; the reader ${againstBaseline(own, curve)} it: ${pointsWithInterval(own)} ${mode}`,
  ];
}

/** A calibrated reader as text: its parameters, and each column beside its published score. */
export function formatCalibration(result: CalibrationResult): string {
  const { variant, model, fit, columns, error, trials, baseline } = result;
  const parameters = formatTable(
    ["parameter", "fitted", "95% interval"],
    fit.params.map(({ name, low, high }) => [
      name,
      fit.point[name]!,
      `${low.toPrecision(4)} to ${high.toPrecision(4)}`,
    ]),
  );
  const tables = columnRoles
    .filter((role) => columns.some((row) => row.role === role))
    .map((role) =>
      formatTable(
        [role, "published", "mean field", "error", "numerics", "error", "trials"],
        [
          ...columns
            .filter((row) => row.role === role)
            .map(({ benchmark, column, published, meanField, numerics, trials: own }) => [
              `${benchmark}:${column}`,
              formatPoints(published),
              interval(meanField),
              miss(meanField, published),
              interval(numerics),
              miss(numerics, published),
              own > 0 ? own : null,
            ]),
          [
            "mean absolute error",
            null,
            interval(error[role].meanField),
            null,
            interval(error[role].numerics),
            null,
          ],
          ["  of a curve without attention", null, pointsOrNone(baseline.error[role]), null],
        ],
      ),
    );
  return [
    `${variant}, fitted to the published scores of ${model}, in points; ${trials.meanField} trials a column in the mean field, ${trials.numerics} or fewer with full numerics`,
    ...[parameters, ...tables].map((table) => `\n${table}`),
    "",
    ...baselineLines(result),
    "the fit shows that such a reader exists; it says nothing about how the model is made",
  ].join("\n");
}
