import type { TrialRow } from "../simulate/columns.ts";
import { curves, distinct, number } from "./figures/aggregate.ts";
import type { CurvePoint } from "./figures/aggregate.ts";
import { usersOf } from "./figures/applies.ts";

/** Mean scores of one task: a line a variant, a cell a length (or a number of users, where budgets were asked for). */
export interface ScoreTable {
  readonly panel: string;
  readonly columns: readonly string[];
  readonly lines: readonly { readonly series: string; readonly cells: readonly (CurvePoint | undefined)[] }[];
}

/** A context length as one says it: 128K for 131,072 and for the 128,000 of datasets that count in thousands. */
export function formatLength(tokens: number): string {
  const kilos = [tokens / 1024, tokens / 1000].filter(Number.isInteger);
  const kilo = kilos.find((value) => Number.isInteger(Math.log2(value))) ?? kilos[0];
  if (kilo === undefined) return String(tokens);
  return Number.isInteger(kilo / 1024) ? `${kilo / 1024}M` : `${kilo}K`;
}

const columnOf = (row: TrialRow): string => {
  const users = usersOf(row);
  const length = formatLength(Number(row["tokensNominal"]));
  return users === undefined ? length : `${length}, ${users} users`;
};

/** Mean scores with 95% intervals, a table a task, in the order of the rows. */
export function scoreTables(rows: readonly TrialRow[]): ScoreTable[] {
  const byColumn = distinct(rows.map(columnOf)).map((column) => ({
    column,
    points: curves(
      rows.filter((row) => columnOf(row) === column),
      (row) => number(row, "score"),
      { named: rows },
    ),
  }));
  const points = byColumn.flatMap((each) => each.points);
  return distinct(points.map(({ panel }) => panel)).map((panel) => {
    const own = byColumn.filter((each) => each.points.some((point) => point.panel === panel));
    const names = distinct(points.filter((point) => point.panel === panel).map(({ series }) => series));
    return {
      panel,
      columns: own.map(({ column }) => column),
      lines: names.map((series) => ({
        series,
        cells: own.map(({ points: cell }) =>
          cell.find((point) => point.panel === panel && point.series === series),
        ),
      })),
    };
  });
}
