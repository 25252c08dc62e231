import type { AgreementFigures } from "../../studies/agreement/compare.ts";
import type { AgreementResult } from "../../studies/agreement/result.ts";
import type { Interval } from "../../core/stats.ts";
import { formatTable } from "./table.ts";

const points = (share: number): string => (100 * share).toFixed(1);
const between = ({ low, high }: Interval): string => `[${points(low)} ${points(high)}]`;
const rank = (value: number | null): string | null => (value === null ? null : value.toFixed(2));

const figuresTable = (title: string, groups: Readonly<Record<string, AgreementFigures>>): string =>
  formatTable(
    [title, "settings", "cells", "error a setting", "its bias", "error a cell", "Spearman", "Kendall"],
    Object.entries(groups).map(([name, f]) => [
      name,
      f.settings,
      f.cells,
      points(f.settingError),
      points(f.bias),
      points(f.cellError),
      rank(f.spearman),
      rank(f.kendall),
    ]),
  );

/** Agreement with a table of measured scores as text. */
export function formatAgreement(result: AgreementResult): string {
  const { all, roles, sources, methods, lengths, tasks, baselines, worst, unexpressed, trials, reader } =
    result;
  const { intervals } = all;
  const given = Object.entries(reader).map(([name, value]) => `${name} ${value}`);
  const rho =
    all.spearman === null
      ? ""
      : `; Spearman ${all.spearman.toFixed(2)} [${intervals.spearman.low.toFixed(2)} ${intervals.spearman.high.toFixed(2)}]`;
  return [
    `${all.settings} settings (a method at a budget, on one model and length), ${all.cells} scores, ${trials} problems a task`,
    `reader: ${given.join(", ") || "the defaults"}`,
    `mean absolute error: ${points(all.settingError)} points a setting ${between(intervals.settingError)}, ${points(all.cellError)} a cell ${between(intervals.cellError)}${rho}`,
    figuresTable("role", roles),
    figuresTable("source", sources),
    figuresTable("method", methods),
    figuresTable("tokens", lengths),
    formatTable(
      ["task", "cells", "error a cell", "bias"],
      tasks.map(({ task, cells, error, bias }) => [task, cells, points(error), points(bias)]),
    ),
    formatTable(
      ["baseline", "settings", "its error", "ours on them"],
      baselines.map(({ name, settings, error, ours }) => [
        name,
        settings,
        settings === 0 ? null : points(error),
        settings === 0 ? null : points(ours),
      ]),
    ),
    formatTable(
      ["worst cells", "model", "budget", "sees question", "task", "measured", "predicted"],
      worst.map(({ variant, model, budget, queryAware, task, measured, predicted }) => [
        variant,
        model,
        budget.slice(0, 28),
        queryAware ? "yes" : "no",
        task,
        points(measured),
        points(predicted),
      ]),
    ),
    formatTable(
      ["not run", "rows"],
      unexpressed.map(({ reason, rows }) => [reason, rows]),
    ),
    "looked at: when the sizes of the reader's parts were chosen; points of 100; a prediction is dense attention's measured score times the share of dense attention's score that the variant has here; bias: predicted less measured; [low high]: 95% interval, settings and problems drawn again",
  ].join("\n\n");
}
