import { closeSync, existsSync, openSync, readdirSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { makeFolder, readText, writeAtomic } from "../../files/files.ts";
import { Journal, readJournal } from "../journal.ts";
import type { JournalEntry } from "../journal-line.ts";
import { isAlive } from "../lock.ts";
import { nameOfShare } from "./share.ts";
import type { PlanShare } from "./share.ts";
import { sharesFolder } from "./submission.ts";

const schema = z.object({
  share: z.object({ index: z.int(), count: z.int(), submission: z.int().optional() }),
  host: z.string(),
  pid: z.int(),
  /** ISO time */
  started: z.string(),
  workers: z.int(),
  threads: z.int(),
  failed: z.array(z.object({ id: z.string(), reason: z.string() })),
  /** how it ended; a process that was killed did not say */
  ended: z.object({ seconds: z.number(), interrupted: z.boolean() }).optional(),
});

/** Facts that a process which runs a share keeps on disk. */
type AttemptFacts = z.infer<typeof schema>;

/** An attempt to run a share, with the trials that it finished. */
export interface Attempt {
  /** undefined where the process was killed before it wrote any */
  readonly facts: AttemptFacts | undefined;
  readonly entries: ReadonlyMap<string, JournalEntry>;
  readonly running: boolean;
  /** wall time so far */
  readonly seconds: number;
}

/** Milliseconds from one sign of life of a running attempt to the next. */
const beatMs = 10_000;

/** Milliseconds without a sign of life after which an attempt on another machine counts as ended. */
const silentMs = 9 * beatMs;

/**
 * An attempt to run a share, as the process that makes it sees it. Each attempt has a journal of its own, so that no lock of
 * a killed process stops the next one, and its facts are written again and again as a sign of life.
 */
export class RunningAttempt {
  readonly journal: Journal;
  readonly #path: string;
  readonly #since = performance.now();
  readonly #beat: NodeJS.Timeout;
  #facts: AttemptFacts;

  constructor(folder: string, share: PlanShare) {
    const own = sharesFolder(folder);
    makeFolder(own);
    const stem = freeStem(join(own, nameOfShare(share)));
    this.journal = new Journal(`${stem}.jsonl`);
    this.#path = `${stem}.json`;
    const started = new Date().toISOString();
    this.#facts = { share, host: hostname(), pid: process.pid, started, workers: 1, threads: 1, failed: [] };
    this.#write({});
    this.#beat = setInterval(() => this.#showLife(), beatMs).unref();
  }

  start({ workers, threads }: { readonly workers: number; readonly threads: number }): void {
    this.#write({ workers, threads });
  }

  fail(id: string, reason: string): void {
    this.#write({ failed: [...this.#facts.failed, { id, reason }] });
  }

  end(interrupted: boolean): void {
    clearInterval(this.#beat);
    this.journal.close();
    this.#write({ ended: { seconds: (performance.now() - this.#since) / 1000, interrupted } });
  }

  /** Writes the facts again. On a full disk it leaves it: rows that cannot be written end the run, with the reason. */
  #showLife(): void {
    try {
      this.#write({});
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }

  #write(changed: Partial<AttemptFacts>): void {
    this.#facts = { ...this.#facts, ...changed };
    writeAtomic(this.#path, `${JSON.stringify(this.#facts)}\n`);
  }
}

/** Takes the first free attempt of a share by making its journal. Returns its path without an ending. */
function freeStem(share: string): string {
  for (let number = 1; ; number++) {
    const stem = `${share}.attempt-${number}`;
    try {
      closeSync(openSync(`${stem}.jsonl`, "wx"));
      return stem;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** The attempts at shares of the plan in a folder, in the order of their names. */
export function readAttempts(folder: string): Attempt[] {
  const own = sharesFolder(folder);
  if (!existsSync(own)) return [];
  return readdirSync(own)
    .filter((name) => /\.attempt-\d+\.jsonl$/.test(name))
    .sort()
    .map((name) => {
      const journal = join(own, name);
      const path = journal.replace(/l$/, "");
      const facts = readFacts(path);
      const at = facts === undefined ? 0 : statSync(path).mtimeMs;
      return {
        facts,
        entries: readJournal(journal),
        running: facts !== undefined && isRunning(facts, at),
        seconds:
          facts === undefined
            ? 0
            : (facts.ended?.seconds ?? Math.max(0, at - Date.parse(facts.started)) / 1000),
      };
    });
}

function readFacts(path: string): AttemptFacts | undefined {
  try {
    return schema.parse(parseJson(readText(path), path));
  } catch {
    return undefined;
  }
}

/** @param at time of the last sign of life, in milliseconds since 1970 */
function isRunning({ ended, host, pid }: AttemptFacts, at: number): boolean {
  if (ended !== undefined) return false;
  return host === hostname() ? isAlive(pid) : Date.now() - at < silentMs;
}

/** Finished trials of a folder's own journal and of all attempts, by id. The first entry of an id counts. */
export function finishedTrials(folder: string): ReadonlyMap<string, JournalEntry> {
  const finished = new Map(readJournal(join(folder, "journal.jsonl")));
  for (const { entries } of readAttempts(folder))
    for (const [id, entry] of entries) if (!finished.has(id)) finished.set(id, entry);
  return finished;
}

/** Reasons of trials that failed in some attempt and have no row, by id. The last attempt's reason counts. */
export function failedTrials(
  attempts: readonly Attempt[],
  finished: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, string> {
  const started = attempts
    .flatMap(({ facts }) => facts ?? [])
    .sort((a, b) => (a.started < b.started ? -1 : 1));
  const all = started.flatMap(({ failed }) => failed);
  return new Map(all.filter(({ id }) => !finished.has(id)).map(({ id, reason }) => [id, reason]));
}
