import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { trialId } from "../../trial/trial.ts";
import { checkEngines, runMissing } from "../missing.ts";
import type { TrialSettings } from "../missing.ts";
import type { Plan } from "../plan.ts";
import { memoryShare } from "../pool.ts";
import type { RunOutcome } from "../run.ts";
import { finishedTrials, RunningAttempt } from "./attempts.ts";
import { trialsOfShare } from "./share.ts";
import type { PlanShare } from "./share.ts";

/** A share to run, and how. */
export interface WorkSettings extends Omit<TrialSettings, "profile" | "cores"> {
  /** folder of the results, which all shares write to */
  readonly out: string;
  readonly share: PlanShare;
}

/**
 * Runs the trials of a share that no share has finished yet, with a journal of its own in the folder. Returns the share's
 * outcome: its finished trials, those of earlier attempts too.
 *
 * @throws UsageError for a folder that cannot be written, an engine that cannot be used here, and trials that do not fit in memory
 */
export async function workShare(plan: Plan, settings: WorkSettings): Promise<RunOutcome> {
  const { out, share, signal } = settings;
  const clock = performance.now();
  const trials = trialsOfShare(out, plan.trials, share);
  const before = finishedTrials(out);
  const missing = trials.filter(({ id }) => !before.has(id));
  const outcome = {
    planned: trials.length,
    rows: trials.flatMap(({ id }) => before.get(id)?.row ?? []),
    failures: [],
    interrupted: false,
    seconds: 0,
  };
  if (missing.length === 0) return outcome;
  await checkEngines(missing);
  const attempt = new RunningAttempt(out, share);
  try {
    const { failures } = await runMissing(missing, attempt.journal, {
      ...settings,
      ...allocation(settings.memoryBytes),
      onStart(asked, size) {
        attempt.start(size);
        settings.onStart?.(asked, size);
      },
      onFailure(failure) {
        attempt.fail(trialId(failure.trial), failure.reason);
        settings.onFailure?.(failure);
      },
    });
    const { entries } = attempt.journal;
    return {
      ...outcome,
      rows: trials.flatMap(({ id }) => (before.get(id) ?? entries.get(id))?.row ?? []),
      failures,
      interrupted: signal?.aborted ?? false,
      seconds: (performance.now() - clock) / 1000,
    };
  } finally {
    attempt.end(signal?.aborted ?? false);
  }
}

/** Cores and memory in bytes that Slurm gave this task; undefined where it limits neither. Slurm counts memory in MiB. */
function allocation(memoryBytes: number | undefined): Pick<TrialSettings, "cores" | "memoryBytes"> {
  const { SLURM_CPUS_PER_TASK: cpus, SLURM_MEM_PER_NODE: mebibytes } = process.env;
  const own = Number(mebibytes) * 2 ** 20;
  const available = own > 0 ? Math.min(own, process.availableMemory()) * memoryShare : undefined;
  return {
    cores: Number(cpus) > 0 ? Math.min(Number(cpus), availableParallelism()) : undefined,
    memoryBytes: memoryBytes ?? available,
  };
}
