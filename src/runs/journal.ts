import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { UsageError } from "../core/errors.ts";
import { readText } from "../files/files.ts";
import type { TrialRow } from "../trial/columns.ts";

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

/**
 * The finished trials of a folder of results, one line of JSON a trial. A numeric trial is on disk before the next one
 * starts. Trials in the mean field take milliseconds and are written in batches. A line that a crash cut is dropped. If
 * two lines have one id, the first counts.
 */
export class Journal {
  readonly #entries: Map<string, JournalEntry>;
  readonly #file: number;

  /** Opens the journal at `path`, or starts one. @throws UsageError for a whole line that is no finished trial */
  constructor(path: string) {
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    const whole = wholeLines(text);
    this.#entries = entriesOf(path, whole);
    this.#file = openSync(path, "a");
    if (whole.length < text.length) ftruncateSync(this.#file, Buffer.byteLength(whole));
  }

  get entries(): ReadonlyMap<string, JournalEntry> {
    return this.#entries;
  }

  /** Writes entries in one write. Returns once they are on disk. */
  append(...entries: readonly JournalEntry[]): void {
    const lines = entries.map((entry) => JSON.stringify(entry));
    writeSync(this.#file, lines.map((line) => `${line}\n`).join(""));
    fdatasyncSync(this.#file);
    // keeps the numbers that a later run will read back, so that an interrupted run gives the same results
    for (const line of lines) {
      const entry = JSON.parse(line) as JournalEntry;
      if (!this.#entries.has(entry.id)) this.#entries.set(entry.id, entry);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/**
 * Finished trials of a journal, none where there is no file. Another process may be writing it: a last line that is not whole
 * is left out.
 *
 * @throws UsageError for a whole line that is no finished trial
 */
export const readJournal = (path: string): ReadonlyMap<string, JournalEntry> =>
  existsSync(path) ? entriesOf(path, wholeLines(readText(path))) : new Map<string, JournalEntry>();

const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf("\n") + 1);

/** The entries of whole lines, by id. The first of an id counts. */
function entriesOf(path: string, lines: string): Map<string, JournalEntry> {
  const entries = new Map<string, JournalEntry>();
  for (const [i, line] of lines.split("\n").entries()) {
    if (line.trim() === "") continue;
    const entry = parseEntry(line);
    if (entry === undefined)
      throw new UsageError(`${path}: line ${i + 1} is no finished trial; remove that line, or the file`);
    if (!entries.has(entry.id)) entries.set(entry.id, entry);
  }
  return entries;
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<JournalEntry> | null;
    return typeof entry?.id === "string" && typeof entry.row === "object"
      ? (entry as JournalEntry)
      : undefined;
  } catch {
    return undefined;
  }
}
