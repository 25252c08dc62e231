import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { UsageError } from "../core/errors.ts";
import { readText } from "../files/files.ts";
import { journalLine, readJournalLine } from "./journal-line.ts";
import type { JournalEntry } from "./journal-line.ts";

/**
 * The finished trials of a folder of results, one line of JSON a trial. A numeric trial is on disk before the next one
 * starts. Trials in the mean field take milliseconds and are written in batches. A line that a crash cut is dropped, and
 * rows of another version are passed over.
 */
export class Journal {
  readonly #entries: Map<string, JournalEntry>;
  readonly #file: number;

  /**
   * Opens the journal at `path`, or starts one.
   *
   * @throws UsageError for a whole line that is no finished trial, and for two lines that give one trial different rows
   */
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

  /** Writes entries in one write. Returns once they are on disk. @throws RangeError for a row that could not be read back */
  append(...entries: readonly JournalEntry[]): void {
    const lines = entries.map(journalLine);
    // the numbers that a later run will read back, so that an interrupted run gives the same results
    const kept = lines.flatMap((line) => readJournalLine(line) ?? []);
    writeSync(this.#file, lines.map((line) => `${line}\n`).join(""));
    fdatasyncSync(this.#file);
    for (const entry of kept) if (!this.#entries.has(entry.id)) this.#entries.set(entry.id, entry);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/**
 * Finished trials of a journal, none where there is no file. Another process may be writing it: a last line that is not whole
 * is left out.
 *
 * @throws UsageError for a whole line that is no finished trial, and for two lines that give one trial different rows
 */
export const readJournal = (path: string): ReadonlyMap<string, JournalEntry> =>
  existsSync(path) ? entriesOf(path, wholeLines(readText(path))) : new Map<string, JournalEntry>();

const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf("\n") + 1);

/** The entries of whole lines, by id. @throws UsageError for lines that are no finished trials or contradict each other */
function entriesOf(path: string, lines: string): Map<string, JournalEntry> {
  const entries = new Map<string, JournalEntry>();
  for (const [i, line] of lines.split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${path}: line ${i + 1}`;
    const entry = entryOf(line, where);
    if (entry === undefined) continue;
    const before = entries.get(entry.id);
    if (before === undefined) entries.set(entry.id, entry);
    else if (!isDeepStrictEqual(before.row, entry.row))
      throw new UsageError(
        `${where} gives trial ${entry.id} another row than a line before it; remove one of them, or the file`,
      );
  }
  return entries;
}

/** The entry of a line; undefined for one of another version. @throws UsageError for a line that is no finished trial */
function entryOf(line: string, where: string): JournalEntry | undefined {
  try {
    return readJournalLine(line);
  } catch (error) {
    throw new UsageError(
      `${where} is no finished trial: ${(error as Error).message}; remove that line, or the file`,
    );
  }
}
