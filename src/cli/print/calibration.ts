import type { Estimate } from "../../core/stats.ts";
import type { CalibrationResult } from "../../studies/calibrate/result.ts";
import { columnRoles } from "../../studies/calibrate/target.ts";
import { formatTable } from "./table.ts";
import { formatPoints, pointsWithInterval } from "./points.ts";

const miss = (estimate: Estimate | null, published: number): string | null =>
  estimate && formatPoints(estimate.value - published);

const interval = (estimate: Estimate | null): string | null => estimate && pointsWithInterval(estimate);

/** A calibrated reader as text: its parameters, and each column beside its published score. */
export function formatCalibration(result: CalibrationResult): string {
  const { variant, model, fit, columns, error, trials } = result;
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
        ],
      ),
    );
  return [
    `${variant}, fitted to the published scores of ${model}, in points; ${trials.meanField} trials a column in the mean field, ${trials.numerics} or fewer with full numerics`,
    ...[parameters, ...tables].map((table) => `\n${table}`),
    "",
    "the fit shows that such a reader exists; it says nothing about how the model is made",
  ].join("\n");
}
