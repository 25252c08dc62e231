import { performance } from "node:perf_hooks";
import { UsageError } from "../core/errors.ts";
import { listEngines } from "../engines/registry.ts";
import { meanFieldRow } from "../trial/mean-field.ts";
import { enginesOf } from "../trial/trial.ts";
import type { MeanFieldTrial, Trial } from "../trial/trial.ts";
import { checkEntry } from "./journal-line.ts";
import type { JournalEntry } from "./journal-line.ts";
import type { Journal } from "./journal.ts";
import { groupsOf } from "./plan.ts";
import type { PlannedTrial } from "./plan.ts";
import { runGroups, sizePool } from "./pool.ts";
import type { PoolSize } from "./pool.ts";
import type { GroupProfile } from "./profile.ts";

/** How trials are run, and the functions that hear of them. */
export interface TrialSettings {
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** cores to divide among workers; default: those of the machine */
  readonly cores?: number | undefined;
  /** ends the run early; finished trials are kept */
  readonly signal?: AbortSignal;
  readonly onStart?: (missing: readonly PlannedTrial[], size: PoolSize) => void;
  readonly onTrial?: (trial: Trial, seconds: number) => void;
  readonly onFailure?: (failure: Failure) => void;
  /** whether to measure the time of each part and write profile.csv */
  readonly profile?: boolean | undefined;
  /** module whose default export runs a `GroupTask`. Default: attnsim's own. */
  readonly worker?: URL;
}

export interface Failure {
  readonly trial: Trial;
  readonly reason: string;
}

/** How trials that were missing were run. */
export interface MissingRun {
  readonly size: PoolSize;
  readonly failures: readonly Failure[];
  readonly profiles: readonly GroupProfile[];
}

/** Time in milliseconds that trials in the mean field take between two writes to disk. */
const meanFieldBatchMs = 200;

const ownWorker = new URL(import.meta.url.endsWith(".ts") ? "worker.ts" : "worker.js", import.meta.url);

/**
 * Runs trials and writes each finished one to the journal.
 *
 * @throws UsageError for trials that do not fit in memory
 */
export async function runMissing(
  missing: readonly PlannedTrial[],
  journal: Journal,
  settings: TrialSettings,
): Promise<MissingRun> {
  const { signal, worker = ownWorker } = settings;
  const groups = groupsOf(missing);
  const size = sizePool(groups, settings, settings.cores);
  const trialOf = new Map(missing.map(({ id, trial }) => [id, trial]));
  const failures: Failure[] = [];
  const profiles: GroupProfile[] = [];
  const fail = (trial: Trial, reason: string): void => {
    failures.push({ trial, reason });
    settings.onFailure?.({ trial, reason });
  };
  settings.onStart?.(missing, size);
  await runMeanField(missing, journal, { ...settings, fail });
  if (groups.length > 0)
    await runGroups(groups, {
      ...size,
      worker,
      ...(signal === undefined ? {} : { signal }),
      onRow({ id, row, seconds }) {
        const trial = trialOf.get(id)!;
        const entry = { id, seconds, threads: size.threads, workers: size.workers, row };
        try {
          checkEntry(entry);
        } catch (error) {
          fail(trial, (error as Error).message);
          return;
        }
        journal.append(entry);
        settings.onTrial?.(trial, seconds);
      },
      onProfile: settings.profile
        ? ({ trials: [first] }, times) => profiles.push({ trial: first!.trial, times })
        : undefined,
      onFailure: ({ trial }, reason) => fail(trial, reason),
    });
  return { size, failures, profiles };
}

interface MeanFieldRun extends TrialSettings {
  readonly fail: (trial: Trial, reason: string) => void;
}

/** Runs the trials in the mean field, in batches. */
async function runMeanField(
  missing: readonly PlannedTrial[],
  journal: Journal,
  { signal, onTrial, fail }: MeanFieldRun,
): Promise<void> {
  const drawn = missing.filter((planned): planned is PlannedTrial<MeanFieldTrial> => {
    return planned.trial.mode === "mean-field";
  });
  for (let at = 0; at < drawn.length && !signal?.aborted;) {
    const entries: JournalEntry[] = [];
    const batchEnd = performance.now() + meanFieldBatchMs;
    while (at < drawn.length && performance.now() < batchEnd) {
      const { id, trial } = drawn[at++]!;
      const since = performance.now();
      try {
        const row = meanFieldRow(trial);
        const seconds = (performance.now() - since) / 1000;
        const entry = { id, seconds, threads: 1, workers: 1, row };
        checkEntry(entry);
        entries.push(entry);
        onTrial?.(trial, seconds);
      } catch (error) {
        fail(trial, error instanceof Error ? error.message : String(error));
      }
    }
    journal.append(...entries);
    // lets signals arrive between batches
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Checks the engines that trials ask for. @throws UsageError for one that cannot be used here */
export async function checkEngines(trials: readonly PlannedTrial[]): Promise<void> {
  const asked = new Set(enginesOf(trials.map(({ trial }) => trial)));
  for (const { name, usable, reason } of await listEngines())
    if (asked.has(name) && !usable)
      throw new UsageError(`engine "${name}" cannot be used here: ${reason ?? "no reason given"}`);
}
