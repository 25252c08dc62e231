import type { TrialRow } from "../trial/columns.ts";
import { curves, panelOf, scoreMeasure, seriesNamer } from "../figures/aggregate.ts";
import { distinct, groupBy } from "../core/group.ts";
import type { CurvePoint } from "../figures/aggregate.ts";
import { sharedOf } from "../figures/applies.ts";
import { formatLength } from "../core/length.ts";

/**
 * Mean scores of one task. Each line is a variant and each column a length. In runs with budgets each column is a length
 * and a number of users.
 */
export interface ScoreTable {
  readonly panel: string;
  readonly columns: readonly string[];
  readonly lines: readonly {
    readonly series: string;
    readonly cells: readonly (CurvePoint | undefined)[];
    /** settings that budgets decided, a text for each column: `k=2048`; empty without a budget */
    readonly chosen: readonly string[];
  }[];
}

const columnOf = (row: TrialRow): string => {
  const length = formatLength(row.tokensNominal);
  return row.users === null ? length : `${length}, ${row.users} users`;
};

const titleOf = (row: TrialRow): string =>
  [panelOf(row), sharedOf(row)].filter((part) => part !== "").join(": ");

/** Mean scores with their intervals, a table a task, in the order of the rows. */
export function scoreTables(rows: readonly TrialRow[]): ScoreTable[] {
  const seriesOf = seriesNamer(rows);
  return [...groupBy(rows, titleOf)].map(([panel, own]) => {
    const byColumn = [...groupBy(own, columnOf)].map(([column, cell]) => ({
      column,
      cell,
      points: curves(cell, scoreMeasure, rows),
    }));
    return {
      panel,
      columns: byColumn.map(({ column }) => column),
      lines: distinct(own.map(seriesOf)).map((series) => ({
        series,
        cells: byColumn.map(({ points }) => points.find((point) => point.series === series)),
        chosen: byColumn.map(({ cell }) => chosenIn(cell.filter((row) => seriesOf(row) === series))),
      })),
    };
  });
}

/** The settings that budgets decided for rows of a cell. */
const chosenIn = (rows: readonly TrialRow[]): string =>
  distinct(
    rows.flatMap((row) => {
      if (row.budgetParam === "") return [];
      const dtype = row.budgetParam === "kvDtype" ? [] : [row.kvDtype];
      return row.fits ? [[`${row.budgetParam}=${row.budgetValue}`, ...dtype].join(" ")] : ["does not fit"];
    }),
  ).join(", ");
