import type { TrialRow } from "../trial/columns.ts";
import { distinct, groupBy } from "../core/group.ts";
import { formatMean } from "../core/units.ts";
import { lacksOf } from "../trial/lacks.ts";
import type { BudgetLack } from "../trial/lacks.ts";
import { estimate, panelOf, scoreMeasure, seriesNamer } from "./aggregate.ts";
import { sharedOf } from "./applies.ts";
import { endsText } from "./ends.ts";
import type { Figure } from "./figure.ts";
import { panelFigure } from "./style.ts";

/** The parameter and the dtype that a row's budget decided, a line each: `k=2048`, `fp8`. */
function decisionOf(row: TrialRow): string[] {
  const [param, dtype] = [row.budgetParam, row.kvDtype];
  const named = param === "" || param === "kvDtype" ? [] : [`${param}=${row.budgetValue}`];
  return dtype === "" ? named : [...named, dtype];
}

/** Words of what is short. */
const lackWords: Readonly<Record<BudgetLack, string>> = { memory: "no memory", time: "too slow" };

/** Why a row's variant does not fit its budget, a line each; "does not fit" for rows that do not say why. */
function lacking(row: TrialRow): string[] {
  const words = lacksOf(row).map((lack) => lackWords[lack]);
  return words.length === 0 ? ["does not fit"] : words;
}

/** Explanations of the words and settings that the panels show. */
function explained(rows: readonly TrialRow[]): string {
  const unfit = rows.filter(({ fits }) => fits === false).flatMap(lacksOf);
  return [
    ...(unfit.includes("memory") ? ["no memory: the users' caches do not fit"] : []),
    ...(unfit.includes("time") ? ["too slow: a step takes longer than step-ms allows"] : []),
    ...(rows.some(({ budget }) => budget.includes("step-ms"))
      ? ["step-ms: most milliseconds of a decode step"]
      : []),
  ]
    .map((text) => `; ${text}`)
    .join("");
}

export const budget: Figure = {
  name: "budget",
  summary: "score by variant and by the users who share a system, with what each variant's budget led to",
  needs: "rows with budgets of several numbers of users",
  applies: (rows) => distinct(rows.map(({ users }) => users).filter((users) => users !== null)).length > 1,
  spec(rows, { title }) {
    const budgeted = rows.filter((row) => row.users !== null);
    const series = seriesNamer(budgeted);
    const panel = (row: TrialRow): string => `${panelOf(row)}: ${sharedOf(row)}`;
    const cells = groupBy(budgeted, (row) => JSON.stringify([panel(row), series(row), row.users]));
    const points = [...cells.values()].map((cell) => {
      const row = cell[0]!;
      const found = row.fits === false ? undefined : estimate(cell, scoreMeasure);
      return {
        panel: panel(row),
        series: series(row),
        users: row.users,
        mean: found?.mean ?? null,
        kind: found?.kind,
        trials: found?.trials,
        label: found === undefined ? lacking(row) : [formatMean(found), ...decisionOf(row)],
      };
    });
    const scored = points.flatMap(({ kind, trials }) =>
      kind === undefined || trials === undefined ? [] : [{ kind, trials }],
    );
    const x = {
      field: "users",
      type: "ordinal",
      sort: "ascending",
      title: "users who share the system",
      axis: { orient: "top", labelAngle: 0, format: ",d", grid: false },
    };
    const y = {
      field: "series",
      type: "nominal",
      sort: distinct(points.map((point) => point.series)),
      title: null,
      axis: { labelLimit: 0, grid: false },
    };
    const layer = [
      {
        transform: [{ filter: "datum.mean !== null" }],
        mark: { type: "rect", stroke: "#ffffff" },
        encoding: {
          x,
          y,
          color: {
            field: "mean",
            type: "quantitative",
            title: "mean score",
            scale: { scheme: "blues", domain: [0, 1] },
          },
        },
      },
      {
        mark: {
          type: "text",
          fontSize: 9,
          lineHeight: 11,
          baseline: "middle",
          dy: { expr: "-5.5 * (length(datum.label) - 1)" },
        },
        encoding: {
          x,
          y,
          text: { field: "label" },
          color: {
            value: "#777777",
            condition: [
              { test: "datum.mean !== null && datum.mean > 0.55", value: "#ffffff" },
              { test: "datum.mean !== null", value: "#000000" },
            ],
          },
        },
      },
    ];
    return panelFigure({
      title,
      subtitle: `mean score, ${endsText(scored, "in parentheses")}, and what the budget decided${explained(budgeted)}`,
      points,
      layer,
      width: 92 * distinct(points.map(({ users }) => users)).length,
      height: { step: 44 },
    });
  },
};
