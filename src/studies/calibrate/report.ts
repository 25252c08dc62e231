import type { Calibration, ColumnScores } from "./calibrate.ts";
import type { Estimate } from "./sample.ts";
import type { Target } from "./target.ts";
import { numberColumn } from "../../core/table.ts";
import type { Column } from "../../core/table.ts";
import { lengthCurves } from "../../figures/length-curves.ts";
import { shareAxis } from "../../figures/style.ts";

/** Whether a column was fitted to. */
export const roles = ["fitted", "left out"] as const;

export type Role = (typeof roles)[number];

/** Scores of the columns that were fitted and of those that were left out. */
export type Halves = Readonly<Record<Role, ColumnScores>>;

/** What became of one published column. */
export interface ColumnReport {
  readonly role: Role;
  readonly benchmark: string;
  readonly column: string;
  readonly published: number;
  readonly theory: Estimate;
  /** null where full numerics were not asked for */
  readonly numerics: Estimate | null;
  /** trials with full numerics */
  readonly trials: number;
}

/** What a fit depends on. */
export interface FitQuestion {
  readonly version: string;
  readonly variant: string;
  readonly model: string;
  /** task specs that set how benchmarks are read */
  readonly tasks: readonly string[];
  readonly seed: number;
  readonly starts: number;
  /** the reader's parameters that were given, and are not fitted */
  readonly given: Calibration["reader"];
}

/** What `attnsim calibrate` answers, as JSON. */
export interface CalibrationReport extends FitQuestion {
  readonly trials: { readonly theory: number; readonly numerics: number };
  readonly reader: Calibration["reader"];
  readonly fit: Calibration["fit"];
  readonly columns: readonly ColumnReport[];
  /** mean distance from the published scores, 0 to 1 */
  readonly error: Readonly<
    Record<Role, { readonly theory: Estimate | null; readonly numerics: Estimate | null }>
  >;
}

/** The targets of each half. */
export type HalfTargets = Readonly<Record<Role, readonly Target[]>>;

export const columnReports = (
  targets: HalfTargets,
  theory: Halves,
  numerics: Halves | undefined,
): ColumnReport[] =>
  roles.flatMap((role) =>
    targets[role].map(({ benchmark, column, published }, i) => ({
      ...{ role, benchmark, column, published },
      theory: theory[role].means[i]!,
      numerics: numerics?.[role].means[i] ?? null,
      trials: numerics?.[role].trials[i] ?? 0,
    })),
  );

export const errorsOf = (theory: Halves, numerics: Halves | undefined): CalibrationReport["error"] => {
  const of = (role: Role) => ({ theory: theory[role].error, numerics: numerics?.[role].error ?? null });
  return { fitted: of("fitted"), "left out": of("left out") };
};

const withInterval = (name: string, doc: string): Column[] => [
  numberColumn(name, `mean score ${doc}`),
  numberColumn(`${name}Low`, "lower end of its 95% bootstrap interval over trials"),
  numberColumn(`${name}High`, "upper end"),
];

/** Columns of columns.csv. */
export const reportColumns: readonly Column[] = [
  { name: "role", type: "string", doc: "fitted, or left out of the fit" },
  { name: "benchmark", type: "string", doc: "benchmark, as published-scores.csv names it" },
  { name: "column", type: "string", doc: "column of the benchmark, as published" },
  numberColumn("published", "published score, 0 to 1"),
  ...withInterval("theory", "in the mean field"),
  ...withInterval("numerics", "with full numerics; empty where they were not asked for"),
  { name: "trials", type: "integer", doc: "trials with full numerics" },
];

/** Cells of an estimate, as `withInterval` names them. */
const estimateCells = (name: string, estimate: Estimate | null) => ({
  [name]: estimate?.value ?? null,
  [`${name}Low`]: estimate?.low ?? null,
  [`${name}High`]: estimate?.high ?? null,
});

/** A report as rows of columns.csv. */
export const reportRows = (columns: readonly ColumnReport[]) =>
  columns.map(({ theory, numerics, trials, ...row }) => ({
    ...row,
    ...estimateCells("theory", theory),
    ...estimateCells("numerics", numerics),
    trials,
  }));

/** The fitted reader's curves beside the published scores. */
export function calibrationFigure(
  { variant, model, reader }: Pick<CalibrationReport, "variant" | "model" | "reader">,
  columns: readonly ColumnReport[],
  targets: HalfTargets,
): object {
  const tokens = new Map(
    roles.flatMap((role) => targets[role].map((target) => [target.name, target.tokens])),
  );
  const tokensOf = ({ benchmark, column }: ColumnReport): number => tokens.get(`${benchmark}:${column}`)!;
  const curve = (series: string, of: (row: ColumnReport) => Estimate | null) =>
    columns.flatMap((row) => {
      const found = of(row);
      return found === null
        ? []
        : [
            {
              ...{ panel: row.benchmark, series, tokens: tokensOf(row), mean: found.value },
              ...{ low: found.low, high: found.high },
            },
          ];
    });
  const settings = Object.entries(reader)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
  return lengthCurves({
    title: `${variant}, fitted to ${model}: ${settings}`,
    subtitle:
      "mean score of simulated trials and its 95% interval over trials; open marks: published scores, at the upper end of the lengths they cover",
    points: [
      ...curve("mean field", ({ theory }) => theory),
      ...curve("full numerics", ({ numerics }) => numerics),
    ],
    published: columns.map((row) => ({
      ...{ panel: row.benchmark, model: `${model}, ${row.role}`, tokens: tokensOf(row), mean: row.published },
    })),
    y: shareAxis("score"),
  });
}
