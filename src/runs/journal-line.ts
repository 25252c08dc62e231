import { isObject, parseJson } from "../core/json.ts";
import { columns } from "../trial/columns.ts";
import type { TrialRow } from "../trial/columns.ts";
import { version } from "../version.ts";
import { hashOf } from "./manifest.ts";

/** A finished trial: a line of the journal. */
export interface JournalEntry {
  readonly id: string;
  /** wall time of the trial */
  readonly seconds: number;
  /** kernel threads that the trial ran on */
  readonly threads: number;
  /** workers that ran at the same time */
  readonly workers: number;
  readonly row: TrialRow;
}

/** The text of a finished trial in a journal, with a hash of its row. */
export const journalLine = (entry: JournalEntry): string =>
  JSON.stringify({ ...entry, hash: hashOf(JSON.stringify(entry.row)) });

/**
 * Reads a line of a journal. Returns undefined for a row of another version, whose numbers may differ. A line without a hash
 * is taken.
 *
 * @throws RangeError saying why the line is no finished trial
 */
export function readJournalLine(line: string): JournalEntry | undefined {
  const value = parsed(line);
  if (!isObject(value)) throw new RangeError("it is no JSON object");
  const { id, seconds, threads, workers, row, hash } = value;
  if (typeof id !== "string" || id === "") throw new RangeError("it has no id");
  if (!isObject(row)) throw new RangeError("it has no row");
  if (isOfOtherVersion(row["version"])) return undefined;
  for (const [name, count] of Object.entries({ seconds, threads, workers }))
    if (!isNumber(count, 0)) throw new RangeError(`${name} must be a number of at least 0`);
  if (row["id"] !== id) throw new RangeError("its row is of another trial");
  const wrong = columns.find((column) => !isCellOf(column, row[column.name]));
  if (wrong !== undefined) throw new RangeError(`its ${wrong.name} must be of type ${wrong.type}`);
  const { score, fits } = row;
  if (score === null ? fits !== false : !isNumber(score, 0, 1))
    throw new RangeError("its score must be a number from 0 to 1");
  if (hash !== undefined && hash !== hashOf(JSON.stringify(row)))
    throw new RangeError("its row was changed after it was written");
  return { id, seconds, threads, workers, row } as JournalEntry;
}

/** Checks that a finished trial can be read back from a journal. @throws RangeError with the reason why not */
export function checkEntry(entry: JournalEntry): void {
  readJournalLine(journalLine(entry));
}

const parsed = (line: string): unknown => {
  try {
    return parseJson(line, "the line");
  } catch {
    return undefined;
  }
};

const isOfOtherVersion = (own: unknown): boolean => typeof own === "string" && own !== "" && own !== version;

const isNumber = (value: unknown, least: number, most = Infinity): boolean =>
  typeof value === "number" && value >= least && value <= most;

function isCellOf({ type, mayBeEmpty }: (typeof columns)[number], value: unknown): boolean {
  if (value === null) return mayBeEmpty;
  if (type === "integer") return Number.isSafeInteger(value);
  return typeof value === type;
}
