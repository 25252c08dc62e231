import { canonicalSpec, parseSpec } from "../attention/spec.ts";
import { UsageError } from "../core/errors.ts";
import { unlikeProblems } from "../figures/paired.ts";
import { chooseColumns, tableFigure } from "../figures/table.ts";
import type { TableFigureRow } from "../figures/table.ts";
import { readCsv } from "../files/csv.ts";
import { trialRowsOf } from "../files/csv-text.ts";
import { rowsWhere } from "../files/where.ts";
import type { RowCondition, CsvRow } from "../files/where.ts";
import type { TrialRow } from "../trial/columns.ts";
import { drawFigures } from "./draw.ts";
import type { DrawSettings } from "./draw.ts";
import { writeFigure } from "./write-figure.ts";

/** Files of results, the rows of them to draw, and how. */
export interface DrawnFiles extends DrawSettings {
  readonly files: readonly string[];
  /** conditions that rows meet */
  readonly where: readonly RowCondition[];
  /** variant specs to keep; default: all */
  readonly variants?: readonly string[] | undefined;
  /** columns along the axes of a table that holds no trials; default: chosen by their names */
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  /** takes sentences about variants that were not asked the same problems */
  readonly warn?: (sentence: string) => void;
}

/**
 * Draws CSV files: rows of trials as the figures of trials, any other table as lines over its lengths or users. Returns
 * the paths of the figures.
 *
 * @throws UsageError for files that cannot be read, rows that cannot be drawn, and where no row is left
 */
export async function drawFiles(asked: DrawnFiles): Promise<string[]> {
  const { files, where, variants, x, y, ...settings } = asked;
  const rows = files.flatMap((file): readonly CsvRow[] => readCsv(file, []));
  const name = files.join(", ");
  if (rows.length === 0) throw new UsageError(`${name} has no rows`);
  const kept = keepVariants(rowsWhere(rows, where), variants);
  if (x === undefined && y === undefined && isTrials(kept))
    return drawTrials(trialRowsOf(kept.map(asTrial), name), asked);
  if (settings.names !== undefined)
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
  const title = settings.title;
  return writeFigure(settings.out, "table", tableFigure(table, columns, title), settings.formats);
}

function drawTrials(rows: readonly TrialRow[], { warn, ...settings }: DrawnFiles): Promise<string[]> {
  for (const sentence of unlikeProblems(rows)) warn?.(sentence);
  return drawFigures(rows, settings);
}

/** Columns of trials, and of a frontier's table, which has scores too. */
const lengthsOf = ["tokensNominal", "tokens"] as const;

const isTrials = ([row]: readonly CsvRow[]): boolean =>
  row !== undefined &&
  "variant" in row &&
  "score" in row &&
  !("tpotSeconds" in row) &&
  lengthsOf.some((column) => column in row);

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
