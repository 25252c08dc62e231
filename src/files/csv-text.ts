import type { InfoRecord } from "csv-parse";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { decimal } from "../core/decimal.ts";
import { UsageError } from "../core/errors.ts";
import { lookup } from "../core/lookup.ts";
import type { CellValue, Column, RowOf, TableRow } from "../core/table.ts";
import { columns } from "../trial/columns.ts";
import type { TrialRow } from "../trial/columns.ts";
import { fromCell, toCell } from "./formula-cells.ts";

/** Rows as the text of a CSV, columns in order. Numbers are as JavaScript writes them; null is an empty cell. */
export const formatCsv = <const Columns extends readonly Column[]>(
  shown: Columns,
  rows: readonly (RowOf<Columns> & TableRow)[],
): string =>
  formatCells(
    shown.map(({ name }) => name),
    rows,
  );

/** Rows as the text of a CSV with the named columns, whatever else the rows hold. */
export const formatCells = (names: readonly string[], rows: readonly TableRow[]): string =>
  stringify(
    rows.map((row) => names.map((name) => row[name] ?? null)),
    { header: true, columns: [...names], cast: { boolean: String, string: toCell } },
  );

/** Column of the cells that a ragged row has beyond its header. No header has it: names in it are trimmed. */
export const beyondHeader = " beyond the header";

/** Characters that a record may have, its quotes and commas too. */
const recordBound = 2 ** 20;

/**
 * Rows of the text of a CSV. It may have other columns too.
 *
 * @param where name of the file, for error messages
 * @param needed columns that it must have
 * @param ragged whether rows may have fewer or more cells than the header: those that are lacking are empty, and those
 *   beyond stand in `beyondHeader`
 * @throws UsageError for a torn text, a record of more than a million characters, and missing columns
 */
export function parseCsv<Name extends string>(
  text: string,
  where: string,
  needed: readonly Name[],
  { ragged = false } = {},
): Readonly<Record<Name, string>>[] {
  checkRecordLengths(text, where);
  let rows: Record<string, string>[];
  let header: readonly string[] = [];
  try {
    rows = parse(text, {
      columns: (names: string[]) => (header = distinctNames(names)),
      skip_empty_lines: true,
      bom: true,
      trim: true,
      relax_column_count: ragged,
      // the parser casts no cell beyond the header
      ...(ragged
        ? { onRecord: (row: Record<string, string>, { error }: InfoRecord) => cellsOf(row, header, error) }
        : { cast: fromCell }),
    });
  } catch (error) {
    const { message, lines } = error as Error & { readonly lines?: number };
    const place = lines === undefined ? where : `${where}: line ${lines}`;
    throw new UsageError(`${place} is torn or no CSV: ${message}`);
  }
  // a ragged row may lack cells of columns that the header has
  if (rows.length > 0) requireColumns([Object.fromEntries(header.map((name) => [name, ""]))], where, needed);
  return rows.map((row) => lookup(row));
}

/** Texts of a ragged row, and of its cells beyond the header. @param error of the parser on a row of another length */
function cellsOf(row: Record<string, string>, header: readonly string[], error: unknown) {
  const all = (error as { readonly record?: readonly string[] } | undefined)?.record ?? [];
  const beyond = all.slice(header.length).filter((cell) => cell !== "");
  return {
    ...Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, fromCell(cell)])),
    ...(beyond.length > 0 && { [beyondHeader]: beyond.join() }),
  };
}

/**
 * Checks the lengths of records before they are parsed, which takes minutes for one of 200 MB. A record ends where a line
 * does and each quote before it is closed.
 *
 * @throws UsageError with the line on which a record beyond the bound begins
 */
function checkRecordLengths(text: string, where: string): void {
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) isQuoted = !isQuoted;
    else if (!isQuoted && (code === lineFeed || code === carriageReturn)) start = i + 1;
    if (i - start >= recordBound) {
      const line = text.slice(0, start).split(/\r\n|\r|\n/).length;
      const reason = isQuoted ? "from a quote that is not closed" : "without the end of a line";
      throw new UsageError(
        `${where}: line ${line}: a record must have at most ${recordBound} characters; got more, ${reason}`,
      );
    }
  }
}

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The names in a header. @throws Error for a name that stands twice, since of such cells only the last would be read */
function distinctNames(names: string[]): string[] {
  const known = new Set<string>();
  for (const name of names) {
    if (known.has(name)) throw new Error(`the column ${JSON.stringify(name)} stands twice`);
    if (name !== "") known.add(name);
  }
  return names;
}

/** @throws UsageError for a column that rows lack. No rows lack none. */
export function requireColumns(rows: readonly object[], where: string, needed: readonly string[]): void {
  const found = Object.keys(rows[0] ?? {});
  const missing = needed.filter((name) => found.length > 0 && !found.includes(name));
  if (missing.length > 0)
    throw new UsageError(`${where} lacks the columns ${missing.join(", ")}; it has ${found.join(", ")}`);
}

/**
 * Rows of results from texts by column.
 *
 * @param where name of the file, for error messages
 * @throws UsageError for a cell that is not of its column's type, a length below 1, a score outside [0, 1], and a trial in
 *   two rows
 */
export function trialRowsOf(
  texts: readonly Readonly<Partial<Record<string, string>>>[],
  where: string,
): TrialRow[] {
  const rows = tableRowsOf(texts, columns, where) as readonly TableRow[] as TrialRow[];
  checkTrials(where, rows);
  return rows;
}

/**
 * Rows of any table from texts by column.
 *
 * @param where name of the file, for error messages
 * @throws UsageError for a cell that is not of its column's type
 */
export const tableRowsOf = (
  texts: readonly Readonly<Partial<Record<string, string>>>[],
  shown: readonly Column[],
  where: string,
): TableRow[] =>
  texts.map((text, i) =>
    Object.fromEntries(
      shown.map((column) => [
        column.name,
        readCell(text[column.name] ?? "", column, `${where}: row ${i + 1}`),
      ]),
    ),
  );

/** @throws UsageError for a length below 1, a score outside [0, 1], and a trial that stands in two rows */
function checkTrials(where: string, rows: readonly TrialRow[]): void {
  const places = new Map<string, number>();
  for (const [i, row] of rows.entries()) {
    const { id, score, tokensNominal } = row;
    if (tokensNominal < 1)
      throw new UsageError(`${where}: row ${i + 1}: the tokens must be at least 1; got ${tokensNominal}`);
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
  const value = decimal(text);
  if (type === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value)) return value;
  const allowed = type === "integer" ? "an integer" : "a number";
  throw new UsageError(`${where}: ${name} must be ${allowed}; got ${JSON.stringify(text)}`);
}
