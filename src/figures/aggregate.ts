import { distinct, groupBy } from "../core/group.ts";
import { estimateMean } from "../core/stats.ts";
import type { MeanEstimate } from "../core/stats.ts";
import type { CellValue } from "../core/table.ts";
import { readerColumns } from "../trial/columns.ts";
import type { TrialRow } from "../trial/columns.ts";

/** Takes a number from a row; null for a row without it. */
export type RowMeasure = (row: TrialRow) => number | null;

/** Columns that a curve's name shows where rows of one variant and task differ in them. */
const settings = [...readerColumns.map(({ name }) => name), "mode", "engine", "version"] as const;

type Setting = (typeof settings)[number];

/** Names the curve that a row belongs to: its variant, and every setting that the rows differ in. */
export function seriesNamer(rows: readonly TrialRow[]): (row: TrialRow) => string {
  const varying = settings.filter((name) => differs(rows, name));
  return (row) => {
    const own = varying.filter((name) => settingOf(row, name) !== undefined);
    return [row.variant, ...own.map((name) => `${name} ${String(row[name])}`)].join(", ");
  };
}

/** A setting of a row; undefined for an empty cell. A dtype that a budget decided is an outcome and not a setting. */
function settingOf(row: TrialRow, name: Setting): CellValue | undefined {
  if (name === "kvDtype" && row.budget !== "") return undefined;
  const value = row[name];
  return value === "" || value === null ? undefined : value;
}

/** Tells whether rows of one variant and task differ in a setting. Differences between variants do not count. */
const differs = (rows: readonly TrialRow[], name: Setting): boolean =>
  [...groupBy(rows, ({ task, variant }) => `${task} ${variant}`).values()].some(
    (group) =>
      distinct(group.map((row) => settingOf(row, name)).filter((value) => value !== undefined)).length > 1,
  );

/** The name of a row's panel: its benchmark, or its task if the row names no benchmark. */
export const panelOf = ({ benchmark, task }: TrialRow): string => (benchmark === "" ? task : benchmark);

/** Bytes of K, V, index and state that one decode step reads. */
export const bytesReadOf: RowMeasure = ({ kvReadBytes, indexReadBytes, stateBytes }) =>
  kvReadBytes === null ? null : kvReadBytes + (indexReadBytes ?? 0) + (stateBytes ?? 0);

/**
 * Mean and 95% interval of a measure over the rows that have it; undefined if no row has it.
 *
 * @param name seeds the bootstrap
 */
export const estimate = (
  rows: readonly TrialRow[],
  measure: RowMeasure,
  name: string,
): MeanEstimate | undefined =>
  estimateMean(
    rows.map(measure).filter((value) => value !== null),
    name,
  );

/** A point of a curve. */
export interface CurvePoint extends MeanEstimate {
  readonly panel: string;
  readonly series: string;
  /** nominal context tokens */
  readonly tokens: number;
}

/**
 * Mean and 95% interval of a measure for every panel, curve and length.
 *
 * @param named the rows whose differences name the curves; default: `rows`
 */
export function curves(
  rows: readonly TrialRow[],
  measure: RowMeasure,
  named: readonly TrialRow[] = rows,
): CurvePoint[] {
  const series = seriesNamer(named);
  const cells = groupBy(rows, (row) => JSON.stringify([panelOf(row), series(row), row.tokensNominal]));
  return [...cells].flatMap(([key, cell]) => {
    const found = estimate(cell, measure, key);
    const first = cell[0]!;
    return found === undefined
      ? []
      : [{ panel: panelOf(first), series: series(first), tokens: first.tokensNominal, ...found }];
  });
}
