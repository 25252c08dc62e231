import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { UsageError } from "../core/errors.ts";
import { listEngines } from "../engines/registry.ts";
import type { TrialRow } from "../trial/columns.ts";
import { meanFieldRow } from "../trial/mean-field.ts";
import { enginesOf } from "../trial/trial.ts";
import type { Trial } from "../trial/trial.ts";
import { makeFolder } from "../files/files.ts";
import { Journal } from "./journal.ts";
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
  /** ends the run early; what is finished is kept */
  readonly signal?: AbortSignal;
  /** what the run was asked for, for the manifest */
  readonly config?: object;
  readonly onStart?: (missing: readonly PlannedTrial[], size: PoolSize) => void;
  readonly onTrial?: (trial: Trial, seconds: number) => void;
  /** finds out where the time goes, and writes profile.csv */
  readonly profile?: boolean | undefined;
  /** module that runs a group of trials; that of attnsim when absent */
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
  readonly seconds: number;
  /** where the time of the trials that ran now went, if it was asked */
  readonly profile?: readonly ProfileRow[];
}

/** Trials in the mean field between two writes to disk: they take some tens of milliseconds. */
const meanFieldBatch = 64;

const ownWorker = new URL(import.meta.url.endsWith(".ts") ? "worker.ts" : "worker.js", import.meta.url);

/**
 * Runs the trials of a plan that the folder's journal does not hold yet, and writes the results of all that are
 * finished: data.csv, timings.csv, summary.csv, datapackage.json, manifest.json; where asked, profile.csv of what ran now.
 *
 * @throws UsageError, before any work, for a folder that cannot be written or is being written, an engine that cannot be
 *   used here, and trials that cannot fit in memory
 */
export async function runPlan(plan: Plan, settings: RunSettings): Promise<RunOutcome> {
  const { out, signal, worker = ownWorker } = settings;
  makeFolder(out);
  await checkEngines(plan);
  const unlock = lockFolder(out);
  const started = new Date();
  const clock = performance.now();
  try {
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
      for (let at = 0; at < drawn.length && !signal?.aborted; at += meanFieldBatch)
        journal.append(
          ...drawn.slice(at, at + meanFieldBatch).map(({ id, trial }) => {
            const since = performance.now();
            const row = meanFieldRow(trial);
            const seconds = (performance.now() - since) / 1000;
            settings.onTrial?.(trial, seconds);
            return { id, seconds, threads: 1, workers: 1, row };
          }),
        );
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

/** @throws UsageError when an engine that the plan asks for cannot be used here */
async function checkEngines({ trials }: Plan): Promise<void> {
  const asked = new Set(enginesOf(trials.map(({ trial }) => trial)));
  for (const { name, usable, reason } of await listEngines())
    if (asked.has(name) && !usable)
      throw new UsageError(`engine "${name}" cannot be used here: ${reason ?? "no reason given"}`);
}
