import { closeSync, existsSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { UsageError } from "../core/errors.ts";
import { readText, reasonOf } from "../files/files.ts";
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
  readonly #path: string;

  /**
   * Opens the journal at `path`, or starts one.
   *
   * @throws UsageError for a whole line that is no finished trial, for two lines that give one trial different rows, and
   *   if it cannot be read or written
   */
  constructor(path: string) {
    this.#path = path;
    const text = existsSync(path) ? readText(path) : "";
    const whole = wholeLines(text);
    this.#entries = entriesOf(path, whole);
    this.#file = this.#writing(() => openSync(path, "a"));
    if (whole.length < text.length) this.#writing(() => ftruncateSync(this.#file, Buffer.byteLength(whole)));
  }

  get entries(): ReadonlyMap<string, JournalEntry> {
    return this.#entries;
  }

  /**
   * Writes entries in one write. Returns once they are on disk.
   *
   * @throws RangeError for a row that could not be read back, and UsageError if the file cannot be written any more
   */
  append(...entries: readonly JournalEntry[]): void {
    const lines = entries.map(journalLine);
    // the numbers that a later run will read back, so that an interrupted run gives the same results
    const kept = lines.flatMap((line) => readJournalLine(line) ?? []);
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    this.#writing(() => {
      if (fstatSync(this.#file).nlink === 0) throw new Error("it was removed");
      // a disk that is nearly full takes a part
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
      fdatasyncSync(this.#file);
    });
    for (const entry of kept) if (!this.#entries.has(entry.id)) this.#entries.set(entry.id, entry);
  }

  #writing<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw new UsageError(`cannot write ${this.#path}: ${reasonOf(error)}`);
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
