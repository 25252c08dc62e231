import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { UsageError } from "../core/errors.ts";
import { listEngines } from "../engines/registry.ts";
import type { TrialRow } from "../trial/columns.ts";
import { meanFieldRow } from "../trial/mean-field.ts";
import { enginesOf } from "../trial/trial.ts";
import type { Trial } from "../trial/trial.ts";
import { makeFolder } from "../files/files.ts";
import { claimFolder } from "./claim.ts";
import { Journal } from "./journal.ts";
import type { JournalEntry } from "./journal.ts";
import { lockFolder } from "./lock.ts";
import { groupsOf } from "./plan.ts";
import type { Plan, PlannedTrial } from "./plan.ts";
import { runGroups, sizePool } from "./pool.ts";
import type { PoolSize } from "./pool.ts";
import { profileRows } from "./profile.ts";
import type { GroupProfile, ProfileRow } from "./profile.ts";
import { writeProfile, writeResults } from "./results.ts";

export interface RunSettings {
  /** folder of the results */
  readonly out: string;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** ends the run early; finished trials are kept */
  readonly signal?: AbortSignal;
  /** the run's settings as the user gave them, for the manifest */
  readonly config?: object;
  readonly onStart?: (missing: readonly PlannedTrial[], size: PoolSize) => void;
  readonly onTrial?: (trial: Trial, seconds: number) => void;
  /** whether to measure the time of each part and write profile.csv */
  readonly profile?: boolean | undefined;
  /** overwrite results of another plan, and edited results */
  readonly force?: boolean | undefined;
  /** module whose default export runs a `GroupTask`. Default: attnsim's own. */
  readonly worker?: URL;
}

export interface Failure {
  readonly trial: Trial;
  readonly reason: string;
}

export interface RunOutcome {
  /** rows of the finished trials, in the order of the plan */
  readonly rows: readonly TrialRow[];
  readonly planned: number;
  readonly failures: readonly Failure[];
  readonly interrupted: boolean;
  /** wall time */
  readonly seconds: number;
  /** times of the parts of the trials that ran now, if they were asked for */
  readonly profile?: readonly ProfileRow[];
}

/** Time in milliseconds that trials in the mean field take between two writes to disk. */
const meanFieldBatchMs = 200;

const ownWorker = new URL(import.meta.url.endsWith(".ts") ? "worker.ts" : "worker.js", import.meta.url);

/**
 * Runs the trials of a plan that the folder's journal does not hold yet. Then it writes the results of all finished
 * trials of the plan: data.csv, timings.csv, summary.csv, datapackage.json and manifest.json. If a profile is asked for,
 * profile.csv has the times of the trials that ran now.
 *
 * @throws UsageError, before any work, for a folder that cannot be written, that another process writes or that
 *   holds other results, an engine that
 *   cannot be used here, and trials that do not fit in memory
 */
export async function runPlan(plan: Plan, settings: RunSettings): Promise<RunOutcome> {
  const { out, signal, worker = ownWorker } = settings;
  makeFolder(out);
  await checkEngines(plan);
  const unlock = lockFolder(out);
  const started = new Date();
  const clock = performance.now();
  try {
    claimFolder(out, {
      name: plan.name,
      trials: new Set(plan.trials.map(({ id }) => id)),
      force: settings.force,
    });
    const journal = new Journal(join(out, "journal.jsonl"));
    try {
      const missing = plan.trials.filter(({ id }) => !journal.entries.has(id));
      const groups = groupsOf(missing);
      const drawn = missing.flatMap(({ id, trial }) => (trial.mode === "mean-field" ? [{ id, trial }] : []));
      const size = sizePool(groups, settings);
      const trialOf = new Map(missing.map(({ id, trial }) => [id, trial]));
      const failures: Failure[] = [];
      const profiles: GroupProfile[] = [];
      settings.onStart?.(missing, size);
      for (let at = 0; at < drawn.length && !signal?.aborted;) {
        const entries: JournalEntry[] = [];
        const batchEnd = performance.now() + meanFieldBatchMs;
        while (at < drawn.length && performance.now() < batchEnd) {
          const { id, trial } = drawn[at++]!;
          const since = performance.now();
          try {
            const row = meanFieldRow(trial);
            const seconds = (performance.now() - since) / 1000;
            entries.push({ id, seconds, threads: 1, workers: 1, row });
            settings.onTrial?.(trial, seconds);
          } catch (error) {
            failures.push({ trial, reason: error instanceof Error ? error.message : String(error) });
          }
        }
        journal.append(...entries);
        // lets signals arrive between batches
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (groups.length > 0)
        await runGroups(groups, {
          ...size,
          worker,
          ...(signal === undefined ? {} : { signal }),
          onRow({ id, row, seconds }) {
            journal.append({ id, seconds, threads: size.threads, workers: size.workers, row });
            settings.onTrial?.(trialOf.get(id)!, seconds);
          },
          onProfile: settings.profile
            ? ({ trials: [first] }, times) => profiles.push({ trial: first!.trial, times })
            : undefined,
          onFailure: ({ trial }, reason) => failures.push({ trial, reason }),
        });
      const seconds = (performance.now() - clock) / 1000;
      const run = {
        started: started.toISOString(),
        seconds,
        workers: size.workers,
        threads: size.threads,
        finished: missing.filter(({ id }) => journal.entries.has(id)).length,
        failed: failures.length,
      };
      const rows = writeResults(out, { plan, entries: journal.entries, config: settings.config ?? {}, run });
      const profile = profileRows(profiles);
      if (profile.length > 0) writeProfile(out, profile);
      return {
        rows,
        planned: plan.trials.length,
        failures,
        interrupted: signal?.aborted ?? false,
        seconds,
        ...(settings.profile ? { profile } : {}),
      };
    } finally {
      journal.close();
    }
  } finally {
    unlock();
  }
}

/** Checks the engines of a plan. @throws UsageError for one that cannot be used here */
async function checkEngines({ trials }: Plan): Promise<void> {
  const asked = new Set(enginesOf(trials.map(({ trial }) => trial)));
  for (const { name, usable, reason } of await listEngines())
    if (asked.has(name) && !usable)
      throw new UsageError(`engine "${name}" cannot be used here: ${reason ?? "no reason given"}`);
}
