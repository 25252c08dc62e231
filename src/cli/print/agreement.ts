import { problemsInWords } from "../../studies/agreement/compare.ts";
import type { Interval } from "../../core/stats.ts";
import { groupings } from "../../studies/agreement/groups.ts";
import type { AgreementGroup } from "../../studies/agreement/groups.ts";
import type { AgreementEstimate, AgreementResult } from "../../studies/agreement/result.ts";
import { formatTable } from "./table.ts";

export const points = (share: number): string => (100 * share).toFixed(1);
export const between = ({ low, high }: Interval): string => `[${points(low)} ${points(high)}]`;
export const rank = (value: number | null): string | null => (value === null ? null : value.toFixed(2));

/** Estimates as a table, a row each. */
const estimatesTable = (
  title: string,
  estimates: Readonly<Record<string, AgreementEstimate | undefined>>,
): string =>
  formatTable(
    [title, "settings", "cells", "error a setting", "by source", "error a cell", "bias", "Spearman"],
    Object.entries(estimates).flatMap(([name, each]) => {
      if (each === undefined) return [];
      const { settings, cells, settingError, cellError, bias, spearman, intervals, bySource } = each;
      return [
        [
          name,
          settings,
          cells,
          `${points(settingError)} ${between(intervals.settingError)}`,
          bySource === undefined ? null : between(bySource),
          `${points(cellError)} ${between(intervals.cellError)}`,
          points(bias),
          spearman === null
            ? null
            : `${rank(spearman)} [${rank(intervals.spearman.low)} ${rank(intervals.spearman.high)}]`,
        ],
      ];
    }),
  );

const groupsTable = (by: string, groups: readonly AgreementGroup[]): string =>
  formatTable(
    [by, "role", "settings", "cells", "error a setting", "its bias", "error a cell", "Spearman", "Kendall"],
    groups.map((f) => [
      f.group,
      f.role,
      f.settings,
      f.cells,
      points(f.settingError),
      points(f.bias),
      points(f.cellError),
      rank(f.spearman),
      rank(f.kendall),
    ]),
  );

/** The explanation of the words of the tables. */
export const agreementWords =
  "a setting: a method at a budget, on one model and length, mean over tasks; points of 100; a prediction is dense attention's measured score times the share of dense attention's score that the variant has here; bias: predicted less measured; [low high]: 95% interval, settings and problems drawn again, or whole sources";

/** Agreement with a table of measured scores as text. */
export function formatAgreement(result: AgreementResult): string {
  const { all, roles, groups, baselines, worst, unexpressed, trials, reader } = result;
  const given = Object.entries(reader).map(([name, value]) => `${name} ${value}`);
  return [
    `${all.settings} settings, ${all.cells} scores, ${problemsInWords(trials)}; reader: ${given.join(", ") || "the defaults"}`,
    estimatesTable("settings", { all, ...roles }),
    ...groupings.map((by) =>
      groupsTable(
        by,
        groups.filter((group) => group.by === by),
      ),
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
    `looked at: when the sizes of the reader's parts were chosen; ${agreementWords}`,
  ].join("\n\n");
}
