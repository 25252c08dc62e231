import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { UsageError } from "../core/errors.ts";
import { columns } from "../trial/columns.ts";
import type { Column, TrialRow } from "../trial/columns.ts";
import { readText } from "./files.ts";

/** Wall times stand apart from the results, because no two runs have the same. */
export const timingColumns: readonly Column[] = [
  { name: "id", type: "string", doc: "id of the trial in data.csv" },
  { name: "seconds", type: "number", doc: "wall time of the trial", unit: "s" },
  { name: "threads", type: "integer", doc: "kernel threads that the trial ran on" },
  { name: "workers", type: "integer", doc: "workers that ran trials at the same time" },
];

/** Rows as CSV: the columns in order, numbers as JavaScript writes them, empty cells for null. */
export const formatCsv = (shown: readonly Column[], rows: readonly TrialRow[]): string =>
  stringify(
    rows.map((row) => shown.map(({ name }) => row[name] ?? null)),
    { header: true, columns: shown.map(({ name }) => name), cast: { boolean: String } },
  );

/** Columns without which rows cannot be drawn. */
const required = ["task", "variant", "tokensNominal", "score"];

/**
 * Reads a results CSV, ours or edited: columns may be missing or new, in any order.
 *
 * @throws UsageError for an unreadable or torn file, missing columns, or a cell that is not of its column's type
 */
export function readCsv(path: string): TrialRow[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(readText(path), { columns: true, skip_empty_lines: true, bom: true });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} is torn or no CSV: ${(error as Error).message}`);
  }
  if (rows.length === 0) throw new UsageError(`${path} has no rows`);
  const missing = required.filter((name) => !(name in rows[0]!));
  if (missing.length > 0)
    throw new UsageError(
      `${path} lacks the columns ${missing.join(", ")}; it has ${Object.keys(rows[0]!).join(", ")}`,
    );
  return rows.map((row, i) =>
    Object.fromEntries(
      Object.entries(row).map(([name, text]) => [name, readCell(text, name, `${path}: row ${i + 1}`)]),
    ),
  );
}

const types = new Map(columns.map(({ name, type }) => [name, type]));

function readCell(text: string, name: string, where: string): TrialRow[string] {
  const type = types.get(name) ?? "string";
  if (type === "string") return text;
  if (text.trim() === "") return null;
  if (type === "boolean") {
    if (/^(true|1)$/i.test(text)) return true;
    if (/^(false|0)$/i.test(text)) return false;
    throw new UsageError(`${where}: ${name} must be true or false; got ${JSON.stringify(text)}`);
  }
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new UsageError(`${where}: ${name} must be a number; got ${JSON.stringify(text)}`);
}
