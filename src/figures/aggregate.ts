import { Random } from "../core/random.ts";
import { bootstrapMean, mean } from "../core/stats.ts";
import type { TrialRow } from "../trial/columns.ts";
import { distinct, groupBy } from "../core/group.ts";

/** The mean of a measure over trials, with its 95% interval (bootstrap, seeded). */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly trials: number;
}

/** Columns that set curves apart when they take more than one value. */
const settings = [
  "headDim",
  "kvHeads",
  "groupSize",
  "sharpness",
  "fidelity",
  "residualNoise",
  "coherence",
  "reads",
  "kvDtype",
  "logitShaping",
  "engine",
  "version",
];

/** Names the curve that a row belongs to: its variant, and every setting that the rows differ in. */
export function seriesNamer(rows: readonly TrialRow[]): (row: TrialRow) => string {
  const varying = settings.filter((name) => differs(rows, name));
  return (row) => {
    const own = varying.filter((name) => settingOf(row, name) !== undefined);
    return [String(row["variant"]), ...own.map((name) => `${name} ${String(row[name])}`)].join(", ");
  };
}

/** What a row was told to be run with; a dtype that a budget decided is an outcome, and no setting. */
const settingOf = (row: TrialRow, name: string): TrialRow[string] | undefined =>
  name === "kvDtype" && row["budget"] ? undefined : (row[name] ?? undefined);

/** Whether rows of one variant and task differ in a setting; a variant of its own dtype is no such difference. */
const differs = (rows: readonly TrialRow[], name: string): boolean =>
  [...groupBy(rows, (row) => `${String(row["task"])} ${String(row["variant"])}`).values()].some(
    (group) =>
      distinct(group.map((row) => settingOf(row, name)).filter((value) => value !== undefined)).length > 1,
  );

/** What a row's panel is called: its benchmark, where the file names one. */
export const panelOf = (row: TrialRow): string => String(row["benchmark"] ?? row["task"]);

export const number = (row: TrialRow, name: string): number | undefined => {
  const value = row[name];
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" ? value : undefined;
};

/** K and V and index that one decode step reads, in bytes. */
export const bytesReadOf = (row: TrialRow): number | undefined => {
  const kv = number(row, "kvReadBytes");
  return kv === undefined
    ? undefined
    : kv + (number(row, "indexReadBytes") ?? 0) + (number(row, "stateBytes") ?? 0);
};

/** The estimate of a measure over rows that have it; undefined where none has. The name seeds the bootstrap. */
export function estimate(
  rows: readonly TrialRow[],
  measure: (row: TrialRow) => number | undefined,
  name: string,
): Estimate | undefined {
  const values = rows.map(measure).filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  return { mean: mean(values), ...bootstrapMean(values, new Random(`bands/${name}`)), trials: values.length };
}

/** A point of a curve. */
export interface CurvePoint extends Estimate {
  readonly panel: string;
  readonly series: string;
  /** nominal context tokens */
  readonly tokens: number;
}

/**
 * Estimates of a measure for every panel, curve and length.
 *
 * @param named the rows whose differences name the curves; these where absent
 */
export function curves(
  rows: readonly TrialRow[],
  measure: (row: TrialRow) => number | undefined,
  named: readonly TrialRow[] = rows,
): CurvePoint[] {
  const series = seriesNamer(named);
  const cells = groupBy(rows, (row) => JSON.stringify([panelOf(row), series(row), row["tokensNominal"]]));
  return [...cells].flatMap(([key, cell]) => {
    const found = estimate(cell, measure, key);
    const first = cell[0]!;
    return found === undefined
      ? []
      : [{ panel: panelOf(first), series: series(first), tokens: Number(first["tokensNominal"]), ...found }];
  });
}
