import { describeTrial } from "../describe-trial.ts";
import type { Plan } from "../plan.ts";
import { failedTrials, finishedTrials, readAttempts } from "./attempts.ts";
import { secondsBy } from "./seconds.ts";
import { trialsOfShare } from "./share.ts";
import { queueOf } from "./slurm.ts";
import type { QueuedTasks } from "./slurm.ts";
import { readSubmission, submissionsOf } from "./submission.ts";

/** How far a plan is. Its trials are done, running, failed or left: each is one of the four. */
export interface FolderStatus {
  readonly planned: number;
  readonly done: number;
  /** trials of shares that run now and have not come to them yet, or run them */
  readonly running: number;
  /** trials that failed, have no row, and do not run again now */
  readonly failed: number;
  readonly left: number;
  /** number of shares that run now */
  readonly shares: number;
  /** wall seconds until all is done, with the workers that run now; null where none runs, 0 where all is done */
  readonly secondsLeft: number | null;
  /** seconds of one worker for all trials that are not done */
  readonly workSeconds: number;
  /** each failed trial and its reason */
  readonly failures: readonly { readonly id: string; readonly trial: string; readonly reason: string }[];
  /** tasks of the latest Slurm job; left out where none was submitted, or squeue does not answer */
  readonly queue?: QueuedTasks;
}

/** Reads how far the plan of a folder is. */
export function statusOf(plan: Plan, out: string): FolderStatus {
  const finished = finishedTrials(out);
  const attempts = readAttempts(out);
  const secondsOf = secondsBy(plan.trials, finished);
  const isLeft = ({ id }: { readonly id: string }): boolean => !finished.has(id);
  const left = plan.trials.filter(isLeft);
  const now = attempts.flatMap(({ facts, running }) =>
    facts !== undefined && running
      ? [
          {
            workers: facts.workers,
            failed: facts.failed,
            trials: trialsOfShare(out, plan.trials, facts.share),
          },
        ]
      : [],
  );
  const failedNow = new Set(now.flatMap(({ failed }) => failed.map(({ id }) => id)));
  const runningIds = new Set(
    now.flatMap(({ trials }) => trials.filter(isLeft).map(({ id }) => id)).filter((id) => !failedNow.has(id)),
  );
  const reasons = failedTrials(attempts, finished);
  const failures = left.flatMap(({ id, trial }) => {
    const reason = runningIds.has(id) ? undefined : reasons.get(id);
    return reason === undefined ? [] : [{ id, trial: describeTrial(trial), reason }];
  });
  const sum = (trials: typeof left): number => trials.reduce((total, one) => total + secondsOf(one), 0);
  const workSeconds = sum(left);
  const workers = now.reduce((total, share) => total + share.workers, 0);
  const slowest = Math.max(0, ...now.map((share) => sum(share.trials.filter(isLeft)) / share.workers));
  const jobId = submissionsOf(out)
    .map((number) => readSubmission(out, number).jobId)
    .findLast((id) => id !== undefined);
  const queue = jobId === undefined ? undefined : queueOf(jobId);
  return {
    planned: plan.trials.length,
    done: plan.trials.length - left.length,
    running: runningIds.size,
    failed: failures.length,
    left: left.length - runningIds.size - failures.length,
    shares: now.length,
    secondsLeft: left.length === 0 ? 0 : now.length === 0 ? null : Math.max(slowest, workSeconds / workers),
    workSeconds,
    failures,
    ...(queue === undefined ? {} : { queue }),
  };
}
