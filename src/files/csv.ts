import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { UsageError } from "../core/errors.ts";
import type { CellValue, Column, RowOf, TableRow } from "../core/table.ts";
import { columns } from "../trial/columns.ts";
import type { TrialRow } from "../trial/columns.ts";
import { readText } from "./files.ts";

/** Rows as the text of a CSV, columns in order. Numbers are as JavaScript writes them; null is an empty cell. */
export const formatCsv = <const Columns extends readonly Column[]>(
  shown: Columns,
  rows: readonly (RowOf<Columns> & TableRow)[],
): string =>
  stringify(
    rows.map((row: TableRow) => shown.map(({ name }) => row[name] ?? null)),
    { header: true, columns: shown.map(({ name }) => name), cast: { boolean: String } },
  );

/**
 * Reads the rows of a CSV as text. The file may have other columns too.
 *
 * @param needed columns that the file must have
 * @throws UsageError for an unreadable or torn file, and missing columns
 */
export function readCsv<Name extends string>(
  path: string,
  needed: readonly Name[],
): Readonly<Record<Name, string>>[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(readText(path), { columns: true, skip_empty_lines: true, bom: true, trim: true });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} is torn or no CSV: ${(error as Error).message}`);
  }
  const found = Object.keys(rows[0] ?? {});
  const missing = needed.filter((name) => found.length > 0 && !found.includes(name));
  if (missing.length > 0)
    throw new UsageError(`${path} lacks the columns ${missing.join(", ")}; it has ${found.join(", ")}`);
  return rows as Record<Name, string>[];
}

/** Columns without which rows cannot be drawn. */
const needed = ["task", "variant", "tokensNominal", "score"] as const satisfies readonly (keyof TrialRow)[];

/**
 * Reads rows of results, also of a file that a user has edited. Columns may stand in any order. Cells of missing columns
 * are empty. Unknown columns are left out.
 *
 * @throws UsageError for an unreadable or torn file, a missing column that is needed, a cell that is not of its
 *   column's type, a score outside [0, 1], and a trial that stands in two rows
 */
export function readTrialRows(path: string): TrialRow[] {
  const rows: Readonly<Partial<Record<string, string>>>[] = readCsv(path, needed);
  if (rows.length === 0) throw new UsageError(`${path} has no rows`);
  return trialRowsOf(rows, path);
}

/**
 * Rows of results from texts by column.
 *
 * @param where name of the file, for error messages
 * @throws UsageError for a cell that is not of its column's type, a score outside [0, 1], and a trial in two rows
 */
export function trialRowsOf(
  texts: readonly Readonly<Partial<Record<string, string>>>[],
  where: string,
): TrialRow[] {
  const rows = texts.map(
    (text, i) =>
      Object.fromEntries(
        columns.map((column) => [
          column.name,
          readCell(text[column.name] ?? "", column, `${where}: row ${i + 1}`),
        ]),
      ) as TrialRow,
  );
  checkScores(where, rows);
  return rows;
}

/** @throws UsageError for a score outside [0, 1], and for a trial that stands in two rows */
function checkScores(where: string, rows: readonly TrialRow[]): void {
  const places = new Map<string, number>();
  for (const [i, row] of rows.entries()) {
    const { id, score } = row;
    if (score !== null && (score < 0 || score > 1))
      throw new UsageError(`${where}: row ${i + 1}: score must be in [0, 1]; got ${score}`);
    if (row.trial === null && id === "") continue;
    const key = JSON.stringify(id === "" ? { ...row, ...outcomeless } : [id, row.task, row.variant]);
    const before = places.get(key);
    if (before !== undefined)
      throw new UsageError(
        `${where}: row ${i + 1} is the trial of row ${before + 1} again; each trial counts once`,
      );
    places.set(key, i);
  }
}

/** Cells of a trial's outcome, which do not tell trials apart. */
const outcomeless = {
  score: null,
  exact: null,
  goldMass: null,
  recall: null,
  entropy: null,
  tokensRead: null,
};

function readCell(text: string, { name, type, mayBeEmpty }: Column, where: string): CellValue {
  if (type === "string") return text;
  if (text === "" && mayBeEmpty) return null;
  if (type === "boolean") {
    if (/^(true|1)$/i.test(text)) return true;
    if (/^(false|0)$/i.test(text)) return false;
    throw new UsageError(`${where}: ${name} must be true or false; got ${JSON.stringify(text)}`);
  }
  const value = text === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new UsageError(`${where}: ${name} must be a number; got ${JSON.stringify(text)}`);
}
