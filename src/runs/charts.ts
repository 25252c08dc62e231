import { canonicalSpec, parseSpec } from "../attention/spec.ts";
import { UsageError } from "../core/errors.ts";
import type { PublishedResult } from "../figures/figure.ts";
import { unlikeProblems } from "../figures/paired.ts";
import { figures, findFigure } from "../figures/registry.ts";
import { chooseColumns, tableFigure } from "../figures/table.ts";
import type { TableFigureRow } from "../figures/table.ts";
import { trialRowsOf } from "../files/csv-text.ts";
import { rowsWhere } from "../files/where.ts";
import type { CsvRow, RowCondition } from "../files/where.ts";
import type { TrialRow } from "../trial/columns.ts";

/** A figure's name and its Vega-Lite specification. */
export interface Chart {
  readonly name: string;
  readonly spec: object;
}

/** Choices about figures of trials. */
export interface ChartSettings {
  /** the figures' title */
  readonly title: string;
  /** names of figures. Default: all that the rows can show. */
  readonly names?: readonly string[] | undefined;
  /** variant spec that others are compared with on the same problems */
  readonly reference?: string | undefined;
  /** published scores beside the rows */
  readonly published: readonly PublishedResult[];
}

/**
 * Figures of rows of results.
 *
 * @throws UsageError for an unknown figure, or one that is asked for and that the rows cannot show
 */
export function chartsOfTrials(
  rows: readonly TrialRow[],
  { title, names, reference, published }: ChartSettings,
): Chart[] {
  const chosen = names?.map(findFigure) ?? figures.filter((figure) => figure.applies(rows, reference));
  return chosen.map(({ name, needs, applies, spec }) => {
    if (!applies(rows, reference))
      throw new UsageError(`the rows cannot be drawn as ${name}: it needs ${needs}`);
    return { name, spec: spec(rows, { title, published, reference }) };
  });
}

/** Rows of CSV files to draw, and how. */
export interface TableSettings extends ChartSettings {
  /** names of the files, for error messages */
  readonly where: string;
  /** conditions that rows meet */
  readonly conditions: readonly RowCondition[];
  /** variant specs to keep; default: all */
  readonly variants?: readonly string[] | undefined;
  /** columns along the axes of a table that holds no trials; default: chosen by their names */
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  /** takes sentences about variants that were not asked the same problems */
  readonly warn?: ((sentence: string) => void) | undefined;
}

/**
 * Figures of the rows of CSV files: rows of trials as the figures of trials, any other table as lines over its lengths or
 * users.
 *
 * @throws UsageError for rows that cannot be drawn, and where no row is left
 */
export function chartsOfTable(rows: readonly CsvRow[], settings: TableSettings): Chart[] {
  const { where: name, conditions, variants, x, y, names, title, warn } = settings;
  if (rows.length === 0) throw new UsageError(`${name} has no rows`);
  const kept = keepVariants(rowsWhere(rows, conditions), variants);
  const chosen = x !== undefined || y !== undefined;
  const other = kept.find((row) => !isTrial(row));
  if (!chosen && other === undefined) {
    const trials = trialRowsOf(kept.map(asTrial), name);
    for (const sentence of unlikeProblems(trials)) warn?.(sentence);
    return chartsOfTrials(trials, settings);
  }
  if (!chosen && kept.some(isTrial))
    throw new UsageError(
      `${name} cannot be drawn together: some rows are of trials, others have ${Object.keys(other!).join(", ")}`,
    );
  if (names !== undefined)
    throw new UsageError(`--figure draws trials, with ${missingOf(kept)}; ${name} holds another table`);
  const table = kept.map(numbersIn);
  const columns = chooseColumns(table, { x, y });
  for (const column of [x, y])
    if (column !== undefined && !table.some((row) => typeof row[column] === "number"))
      throw new UsageError(
        `${name} has no numbers in "${column}"; it has ${Object.keys(kept[0]!).join(", ")}`,
      );
  if (columns === undefined)
    throw new UsageError(
      `${name} cannot be drawn: a figure of trials needs ${missingOf(kept)}, another one a column of numbers and one of names; it has ${Object.keys(kept[0]!).join(", ")}`,
    );
  return [{ name: "table", spec: tableFigure(table, columns, title) }];
}

/** Columns of trials, and of a frontier's table, which has scores too. */
const lengthsOf = ["tokensNominal", "tokens"] as const;

const isTrial = (row: CsvRow): boolean =>
  "variant" in row && "score" in row && !("tpotSeconds" in row) && lengthsOf.some((column) => column in row);

/** Columns of trials that rows lack, and those that they have. */
function missingOf([row = {}]: readonly CsvRow[]): string {
  const missing = ["variant", "score"].filter((column) => !(column in row));
  const length = lengthsOf.some((column) => column in row) ? [] : ["tokens"];
  return `the columns variant, tokens and score (missing: ${[...missing, ...length].join(", ") || "none"})`;
}

/** A row of a plain table (variant, tokens, score) as one of trials. */
const asTrial = (row: CsvRow): CsvRow => ({
  ...row,
  task: row["task"] ?? "score",
  tokensNominal: row["tokensNominal"] ?? row["tokens"] ?? "",
});

/** Rows of the variants, however their specs are spelled. @throws UsageError for a variant without rows */
function keepVariants(rows: readonly CsvRow[], variants: readonly string[] | undefined): readonly CsvRow[] {
  if (variants === undefined) return rows;
  const wanted = new Set(variants.map((text) => parseSpec(text).text));
  const of = (row: CsvRow): string => canonicalSpec(row["variant"] ?? "");
  const there = new Set(rows.map(of));
  for (const text of wanted)
    if (!there.has(text)) throw new UsageError(`no rows of ${text}; there are ${[...there].join(", ")}`);
  return rows.filter((row) => wanted.has(of(row)));
}

/** A row with its numbers as numbers. */
const numbersIn = (row: CsvRow): TableFigureRow =>
  Object.fromEntries(
    Object.entries(row).map(([column, text]) => [
      column,
      text === "" ? null : Number.isFinite(Number(text)) ? Number(text) : text,
    ]),
  );
