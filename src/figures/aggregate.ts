import { distinct, groupBy } from "../core/group.ts";
import { estimateMean, estimateScore } from "../core/stats.ts";
import type { MeanEstimate } from "../core/stats.ts";
import type { CellValue } from "../core/table.ts";
import { readerColumns } from "../trial/columns.ts";
import type { TrialRow } from "../trial/columns.ts";

/** A number that a row may have, and how its mean over trials is estimated. */
export interface RowMeasure {
  /** null for a row without it */
  readonly of: (row: TrialRow) => number | null;
  readonly estimate: (values: readonly number[]) => MeanEstimate | undefined;
}

/** Columns that a curve's name shows where rows of one variant and task differ in them. */
export const settings = [...readerColumns.map(({ name }) => name), "mode", "engine", "version"] as const;

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

/** Names the problem that a row is about: rows of several variants share it. */
export const problemOf = ({ task, tokensNominal, seed, trial }: TrialRow): string =>
  JSON.stringify([task, tokensNominal, seed, trial]);

/** The name of a row's panel: its benchmark, or its task if the row names no benchmark. */
export const panelOf = ({ benchmark, task }: TrialRow): string => (benchmark === "" ? task : benchmark);

/** Bytes of K, V, index and state that one decode step reads; null for a row without costs. */
export const bytesReadOf = ({ kvReadBytes, indexReadBytes, stateBytes }: TrialRow): number | null =>
  kvReadBytes === null ? null : kvReadBytes + (indexReadBytes ?? 0) + (stateBytes ?? 0);

/** The task's score. */
export const scoreMeasure: RowMeasure = { of: ({ score }) => score, estimate: estimateScore };

/** Whether the answer is exactly right, as 0 or 1: the mean is a share with Wilson's interval. */
export const exactMeasure: RowMeasure = {
  of: ({ exact }) => (exact === null ? null : Number(exact)),
  estimate: estimateScore,
};

/** Any other number of a row. */
export const measured = (of: RowMeasure["of"]): RowMeasure => ({ of, estimate: estimateMean });

/** The estimate of a measure over rows that have it; undefined where none has. */
export const estimate = (rows: readonly TrialRow[], measure: RowMeasure): MeanEstimate | undefined =>
  measure.estimate(rows.map(measure.of).filter((value) => value !== null));

/** A point of a curve. */
export interface CurvePoint extends MeanEstimate {
  readonly panel: string;
  readonly series: string;
  /** nominal context tokens */
  readonly tokens: number;
}

/**
 * Mean of a measure for every panel, curve and length.
 *
 * @param named rows whose differences name the curves; default: `rows`
 */
export function curves(
  rows: readonly TrialRow[],
  measure: RowMeasure,
  named: readonly TrialRow[] = rows,
): CurvePoint[] {
  const series = seriesNamer(named);
  const cells = groupBy(rows, (row) => JSON.stringify([panelOf(row), series(row), row.tokensNominal]));
  return [...cells.values()].flatMap((cell) => {
    const found = estimate(cell, measure);
    const first = cell[0]!;
    return found === undefined
      ? []
      : [{ panel: panelOf(first), series: series(first), tokens: first.tokensNominal, ...found }];
  });
}
