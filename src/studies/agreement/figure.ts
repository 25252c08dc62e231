import { problemsInWords } from "./compare.ts";
import { seriesScales } from "../../figures/style.ts";
import { distinct } from "../../core/group.ts";
import type { SettingScore } from "./compare.ts";
import type { AgreementResult } from "./result.ts";
import { roleOf, settingRoles } from "./roles.ts";

const domain = [0, 1];

/** Predicted against measured scores of settings, with the line on which they are equal; a panel a role. */
export function agreementFigure(
  settings: readonly SettingScore[],
  { all: { settingError, spearman, cells }, roles, trials }: AgreementResult,
): object {
  const methods = distinct(settings.map(({ method }) => method));
  const axis = (field: string, title: string) => ({ field, type: "quantitative", title, scale: { domain } });
  const rho = spearman === null ? "" : `, Spearman's rank correlation ${spearman.toFixed(2)}`;
  const panels = settingRoles.filter((role) => roles[role] !== undefined);
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: {
      text: "Predicted and measured scores",
      subtitle: [
        `a mark a setting: a method at a budget, on one model and length, mean over tasks; ${settings.length} settings, ${cells} scores, ${problemsInWords(trials)}`,
        `mean distance from the line ${(100 * settingError).toFixed(1)} points${rho}`,
      ],
      anchor: "start",
    },
    data: {
      values: settings.map((setting) => {
        const { method, measured, predicted, budget, model, queryAware } = setting;
        return { method, measured, predicted, budget, model, queryAware, role: roleOf(setting) };
      }),
    },
    facet: { field: "role", type: "nominal", sort: panels, title: null },
    columns: panels.length === 4 ? 2 : panels.length,
    spec: {
      width: 330,
      height: 330,
      layer: [
        {
          data: { values: domain.map((value) => ({ value })) },
          mark: { type: "line", color: "#888", strokeDash: [4, 4] },
          encoding: { x: axis("value", "measured score"), y: axis("value", "predicted score") },
        },
        {
          mark: { type: "point", filled: true, size: 60, opacity: 0.85 },
          encoding: {
            x: axis("measured", "measured score"),
            y: axis("predicted", "predicted score"),
            color: { field: "method", type: "nominal", scale: seriesScales(methods).color },
            shape: { field: "method", type: "nominal", scale: seriesScales(methods).shape },
          },
        },
      ],
    },
  };
}
