import { seriesScales } from "../../figures/style.ts";
import { distinct } from "../../core/group.ts";
import type { SettingScore } from "./compare.ts";
import type { AgreementResult } from "./result.ts";

const domain = [0, 1];

/** Predicted against measured scores of settings, with the line on which they are equal. */
export function agreementFigure(
  settings: readonly SettingScore[],
  { all: { settingError, spearman, cells }, trials }: AgreementResult,
): object {
  const methods = distinct(settings.map(({ method }) => method));
  const axis = (field: string, title: string) => ({ field, type: "quantitative", title, scale: { domain } });
  const rho = spearman === null ? "" : `, Spearman's rank correlation ${spearman.toFixed(2)}`;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: {
      text: "Predicted and measured scores",
      subtitle: [
        `a mark a setting: a method at a budget, on one model and length, mean over tasks; ${settings.length} settings, ${cells} scores, ${trials} problems a task`,
        `mean distance from the line ${(100 * settingError).toFixed(1)} points${rho}`,
      ],
      anchor: "start",
    },
    width: 460,
    height: 460,
    layer: [
      {
        data: { values: domain.map((value) => ({ value })) },
        mark: { type: "line", color: "#888", strokeDash: [4, 4] },
        encoding: { x: axis("value", "measured score"), y: axis("value", "predicted score") },
      },
      {
        data: {
          values: settings.map(({ method, measured, predicted, budget, model, queryAware }) => ({
            method,
            measured,
            predicted,
            budget,
            model,
            queryAware,
          })),
        },
        mark: { type: "point", filled: true, size: 60, opacity: 0.85 },
        encoding: {
          x: axis("measured", "measured score"),
          y: axis("predicted", "predicted score"),
          color: { field: "method", type: "nominal", scale: seriesScales(methods).color },
          shape: { field: "method", type: "nominal", scale: seriesScales(methods).shape },
        },
      },
    ],
  };
}
