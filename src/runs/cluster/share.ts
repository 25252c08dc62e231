import { UsageError } from "../../core/errors.ts";
import type { PlannedTrial } from "../plan.ts";
import { dealTrials } from "./deal.ts";
import { secondsBy } from "./seconds.ts";
import { readSubmission } from "./submission.ts";

/** Words that choose a share of a plan. */
export interface ShareChoice {
  /** the share as the user gave it */
  readonly share?: PlanShare | undefined;
  /** number of the submission whose shares are meant; default: shares of the whole plan */
  readonly submission?: number | undefined;
}

/** A share of a plan: number `index` of `count`, from 1. */
export interface PlanShare {
  readonly index: number;
  readonly count: number;
  /** number of the submission that dealt the shares; default: they are shares of the whole plan */
  readonly submission?: number | undefined;
}

/** The name of a share in names of files: `3-of-16`, `submission-1-3-of-16`. */
export const nameOfShare = ({ index, count, submission }: PlanShare): string =>
  `${submission === undefined ? "" : `submission-${submission}-`}${index}-of-${count}`;

/** Reads a share: `3/16`. @throws UsageError for anything else */
export function parseShare(text: string): PlanShare {
  const [, index, count] = (/^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? []).map(Number);
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { index, count };
  throw new UsageError(`a share is i/n with i from 1 to n, such as 3/16; got "${text}"`);
}

/**
 * The share that this process runs: the one that is asked for, or that of the array task or indexed job it is part of.
 * Slurm tells a task's number in SLURM_ARRAY_TASK_ID, and Kubernetes a pod's, from 0, in JOB_COMPLETION_INDEX.
 *
 * @param folder of the results
 * @throws UsageError where neither is known, and for a number beyond the shares
 */
export function chooseShare(
  folder: string,
  { share, submission }: ShareChoice,
  env: Readonly<Record<string, string | undefined>> = process.env,
): PlanShare {
  const count = submission === undefined ? undefined : readSubmission(folder, submission).shares.length;
  if (share !== undefined) {
    if (count !== undefined && count !== share.count)
      throw new UsageError(
        `submission ${submission!} has ${count} shares; got --share ${share.index}/${share.count}`,
      );
    return { ...share, submission };
  }
  const task = numberIn(env, "SLURM_ARRAY_TASK_ID");
  const completion = numberIn(env, "JOB_COMPLETION_INDEX");
  if (count !== undefined) {
    const index = task ?? (completion === undefined ? undefined : completion + 1);
    if (index === undefined)
      throw new UsageError(
        "give --share i/n: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set here",
      );
    return { ...parseShare(`${index}/${count}`), submission };
  }
  const [first, last] = [numberIn(env, "SLURM_ARRAY_TASK_MIN"), numberIn(env, "SLURM_ARRAY_TASK_MAX")];
  const tasks = numberIn(env, "SLURM_ARRAY_TASK_COUNT");
  if (task === undefined || first === undefined || last === undefined)
    throw new UsageError(
      "give --share i/n, or --submission: the number of shares is known from the tasks of a Slurm array alone",
    );
  if (tasks !== last - first + 1)
    throw new UsageError(
      `give --share i/n: the array has ${tasks ?? "?"} tasks with numbers from ${first} to ${last}, so that some are left out`,
    );
  return parseShare(`${task - first + 1}/${tasks}`);
}

function numberIn(env: Readonly<Record<string, string | undefined>>, name: string): number | undefined {
  const value = env[name];
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** The trials of a share, finished ones too, in the order of the plan. @throws UsageError for an unknown submission */
export function trialsOfShare(
  folder: string,
  trials: readonly PlannedTrial[],
  { index, count, submission }: PlanShare,
): PlannedTrial[] {
  if (submission === undefined) return dealTrials(trials, count, secondsBy(trials, new Map()))[index - 1]!;
  const ids = new Set(readSubmission(folder, submission).shares[index - 1]);
  return trials.filter(({ id }) => ids.has(id));
}
