import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseSpec } from "../../../src/attention/spec.ts";
import { distinct, groupBy } from "../../../src/core/group.ts";
import { formatLength } from "../../../src/core/length.ts";
import { estimateDifference } from "../../../src/core/stats.ts";
import type { MeanEstimate } from "../../../src/core/stats.ts";
import { readShare } from "../../../src/deployment/read-share.ts";
import { scoreCells } from "../../../src/cli/print/scores.ts";
import { estimate, problemOf, scoreMeasure } from "../../../src/figures/aggregate.ts";
import { readCsv, readTrialRows } from "../../../src/files/csv.ts";
import { readerParams } from "../../../src/reader/params.ts";
import { scoreTables } from "../../../src/runs/summary.ts";
import type { ScoreTable } from "../../../src/runs/summary.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import { table } from "../markdown.ts";

/** The path of a file of results/. */
export const resultsFile = (path: string): string =>
  fileURLToPath(new URL(`../../../results/${path}`, import.meta.url));

const kept = new Map<string, unknown>();

/** Reads a file once. */
function once<T>(path: string, read: () => T): T {
  if (!kept.has(path)) kept.set(path, read());
  return kept.get(path) as T;
}

/** The rows of trials of an experiment: results/NAME/data.csv. */
export const trialsOf = (name: string): readonly TrialRow[] =>
  once(name, () => readTrialRows(resultsFile(`${name}/data.csv`)));

/** The rows of any other CSV of results/, as text by column. */
export const rowsOf = (path: string): readonly Readonly<Record<string, string>>[] =>
  once(path, () => readCsv<string>(resultsFile(path), []));

/** The one row that a condition chooses. @throws Error when there is none */
export function rowOf(path: string, wanted: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const row = rowsOf(path).find((one) => Object.entries(wanted).every(([name, value]) => one[name] === value));
  if (row === undefined) throw new Error(`results/${path} has no row with ${JSON.stringify(wanted)}`);
  return row;
}

/** The manifest of an experiment. */
export const manifestOf = (name: string): Readonly<Record<string, unknown>> =>
  once(`${name}/manifest`, () => {
    const text = readFileSync(resultsFile(`${name}/manifest.json`), "utf8");
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  });

/** A mean over n problems with its 95% interval, or their range. */
export interface Score extends MeanEstimate {
  readonly n: number;
}

/** The mean of a measure. @throws Error when there are no values */
export function scoreOf(rows: readonly TrialRow[], measure = scoreMeasure): Score {
  const found = estimate(rows, measure);
  if (found === undefined) throw new Error("a finding about no rows");
  return { ...found, n: found.trials };
}

/** The mean difference of scores on the problems that both have rows of. @throws Error when there are none */
export function differenceOf(rows: readonly TrialRow[], from: readonly TrialRow[]): MeanEstimate {
  const scores = new Map(from.map((row) => [problemOf(row), row.score]));
  const differences = rows.flatMap((row) => {
    const other = scores.get(problemOf(row));
    return other == null || row.score === null ? [] : [row.score - other];
  });
  const found = estimateDifference(differences);
  if (found === undefined) throw new Error("a difference without common problems");
  return found;
}

const tablesOf = (name: string): readonly ScoreTable[] =>
  once(`${name}/tables`, () => scoreTables(trialsOf(name)));

/** The scores of an experiment's cells by panel, series and column, as its run prints them. */
export const cellsOf =
  (name: string, panel: string) =>
  (series: string, column: string): Score => {
    const found = tablesOf(name).find((one) => one.panel === panel);
    const cell = found?.lines.find((line) => line.series === series)?.cells[found.columns.indexOf(column)];
    if (cell === undefined) throw new Error(`results/${name} has no cell ${panel}, ${series}, ${column}`);
    return { ...cell, n: cell.trials };
  };

/** An experiment's score tables as Markdown: a line a series, a column a length. */
export const scoreTablesOf = (name: string, panels?: readonly string[]): string[] =>
  tablesOf(name)
    .filter(({ panel }) => panels === undefined || panels.includes(panel))
    .map((each) => {
      const { titles, rows } = scoreCells(each);
      return table({ titles, rows: rows.map((row) => row.map((cell) => String(cell ?? ""))) });
    });

/**
 * Bytes that a decode step of a variant reads, as a share of those of dense attention, both in the records of the model
 * that the variant was made for.
 */
export const bytesShare = (variant: string, tokens: number): number => readShare(parseSpec(variant), tokens).share;

/** Settings of a run in a few words: problems a cell by length, engines, reader parameters that differ from defaults. */
export function settingsOf(rows: readonly TrialRow[]): string {
  const ways = groupBy(rows, (row) => (isMeanField(row) ? "mean field" : `full numerics (${row.engine})`));
  const changed = Object.entries(readerParams).flatMap(([name, spec]) => {
    const values = distinct(rows.map((row) => row[name as keyof typeof readerParams]));
    return values.every((value) => value === spec.default || value === null)
      ? []
      : [`\`${name}\` ${values.join(", ")}`];
  });
  const reader = changed.length === 0 ? "" : ` but ${changed.join("; ")}`;
  return `${[...ways].map(([way, own]) => `Problems a cell, ${way}: ${problemsOf(own)}.`).join(" ")} Reader at its defaults${reader}.`;
}

/** Problems a cell: `20 at 4K, 8K; 5 at 1M`. */
function problemsOf(rows: readonly TrialRow[]): string {
  const cells = groupBy(rows, ({ task, variant, tokensNominal, reads, budget, sharpness }) =>
    JSON.stringify([task, variant, tokensNominal, reads, budget, sharpness]),
  );
  const byCount = groupBy(cells.values(), (cell) => cell.length);
  return [...byCount]
    .sort(([a], [b]) => b - a)
    .map(([count, own]) => {
      const tokens = own.map((cell) => cell[0]!.tokensNominal).sort((a, b) => a - b);
      return `${count} at ${distinct(tokens.map(formatLength)).join(", ")}`;
    })
    .join("; ");
}

/** Whether a row's score was drawn in the mean field. */
export const isMeanField = ({ mode }: TrialRow): boolean => mode === "mean-field";

/** Whole points of a hundred: `.051` is 5.1. */
export const points = (share: number): string => (100 * share).toFixed(1);

/** An interval in points: `[2.1 7.9]`. */
export const pointsBetween = (low: number, high: number): string => `[${points(low)} ${points(high)}]`;
