import type { TrialRow } from "../trial/columns.ts";
import { curves, exactMeasure, panelOf, scoreMeasure, seriesNamer } from "../figures/aggregate.ts";
import { distinct, groupBy } from "../core/group.ts";
import type { CurvePoint } from "../figures/aggregate.ts";
import { sharedOf } from "../figures/applies.ts";
import { differenceCurves } from "../figures/paired.ts";
import { formatLength } from "../core/length.ts";

/**
 * Mean scores of one task. Each line is a variant and each column a length. In runs with budgets each column is a length
 * and a number of users.
 */
export interface ScoreTable {
  /** the task, and the budget that its rows share */
  readonly panel: string;
  /** the panel, and what is shown of it if that is not the score */
  readonly title: string;
  readonly columns: readonly string[];
  /** whether the cells are shares of exact answers */
  readonly exact: boolean;
  /** tokens that a K of the columns stands for */
  readonly kilo: 1000 | 1024;
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

const panelTitle = (row: TrialRow): string =>
  [panelOf(row), sharedOf(row)].filter((part) => part !== "").join(": ");

/** Mean scores with their intervals, a table a task, in the order of the rows. */
export const scoreTables = (rows: readonly TrialRow[]): ScoreTable[] =>
  tablesOf(rows, rows, {
    pointsOf: (cell) => curves(cell, scoreMeasure, rows),
  });

/** Tasks whose answers are graded between wrong and exactly right. */
function gradedPanels(rows: readonly TrialRow[]): Set<string> {
  const graded = rows.filter(
    ({ score, exact }) => exact !== null && score !== null && score > 0 && score < 1,
  );
  return new Set(graded.map(panelTitle));
}

/** Shares of exact answers with Wilson's intervals, a table for each task whose scores are not 0 or 1 alone. */
export function exactTables(rows: readonly TrialRow[]): ScoreTable[] {
  const graded = gradedPanels(rows);
  return tablesOf(
    rows,
    rows.filter((row) => graded.has(panelTitle(row))),
    {
      suffix: ", exact answers",
      exact: true,
      pointsOf: (cell) => curves(cell, exactMeasure, rows),
    },
  );
}

/** The score table of each task, and below it that of its exact answers if it has one. */
export function gradedTables(rows: readonly TrialRow[]): ScoreTable[] {
  const exact = exactTables(rows);
  return scoreTables(rows).flatMap((table) => [table, ...exact.filter(({ panel }) => panel === table.panel)]);
}

/**
 * Mean differences of scores from a reference variant on the same problems, a table a task.
 *
 * @throws UsageError if no row is of the reference
 */
export const differenceTables = (rows: readonly TrialRow[], reference: string): ScoreTable[] =>
  tablesOf(
    rows,
    rows.filter((row) => row.variant !== reference),
    {
      suffix: `, minus ${reference}`,
      pointsOf: (cell) => differenceCurves(cell, reference, rows),
    },
  );

interface TablesAsked {
  /** what a title says after the panel; default: nothing */
  readonly suffix?: string;
  readonly exact?: boolean;
  readonly pointsOf: (cell: readonly TrialRow[]) => readonly CurvePoint[];
}

/** Tables of points. @param all rows whose differences name the lines  @param shown rows that have lines */
function tablesOf(
  all: readonly TrialRow[],
  shown: readonly TrialRow[],
  { suffix = "", exact = false, pointsOf }: TablesAsked,
): ScoreTable[] {
  const seriesOf = seriesNamer(all);
  return [...groupBy(shown, panelTitle)].map(([panel, own]) => {
    const byColumn = [...groupBy(own, columnOf)].map(([column, cell]) => ({
      column,
      cell,
      points: pointsOf(cell),
    }));
    return {
      panel,
      title: `${panel}${suffix}`,
      exact,
      columns: byColumn.map(({ column }) => column),
      kilo: own.some(({ tokensNominal }) => tokensNominal % 1024 !== 0 && tokensNominal % 1000 === 0)
        ? 1000
        : 1024,
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
