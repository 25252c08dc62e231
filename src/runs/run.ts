import { performance } from "node:perf_hooks";
import type { TrialRow } from "../trial/columns.ts";
import { makeFolder } from "../files/files.ts";
import { withJournal } from "./folder.ts";
import type { PlanFolder } from "./folder.ts";
import { checkEngines, runMissing } from "./missing.ts";
import type { Failure, TrialSettings } from "./missing.ts";
import type { Plan } from "./plan.ts";
import { profileRows } from "./profile.ts";
import type { ProfileRow } from "./profile.ts";
import { writeProfile, writeResults } from "./results.ts";

export interface RunSettings extends TrialSettings, PlanFolder {
  /** the run's settings as the user gave them, for the manifest */
  readonly config?: object;
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
  const { out, signal, config = {} } = settings;
  makeFolder(out);
  await checkEngines(plan.trials);
  const started = new Date();
  const clock = performance.now();
  return withJournal(plan, settings, async (journal) => {
    const missing = plan.trials.filter(({ id }) => !journal.entries.has(id));
    const { size, failures, profiles } = await runMissing(missing, journal, settings);
    const seconds = (performance.now() - clock) / 1000;
    const run = {
      started: started.toISOString(),
      seconds,
      workers: size.workers,
      threads: size.threads,
      finished: missing.filter(({ id }) => journal.entries.has(id)).length,
      failed: failures.length,
    };
    const rows = writeResults(out, { plan, entries: journal.entries, config, runs: [run] });
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
  });
}
