import type { FolderStatus } from "../../runs/cluster/status.ts";
import type { DealtTrials } from "../../runs/cluster/submit.ts";
import { formatTime } from "./progress.ts";
import { formatTable } from "./table.ts";

/** How far a plan is, for the terminal. */
export function formatStatus(
  { planned, done, running, failed, left, shares, secondsLeft, workSeconds, failures, queue }: FolderStatus,
  out: string,
): string {
  const time =
    secondsLeft !== null
      ? `${shares} shares run, ${formatTime(secondsLeft)} left`
      : `no share runs; about ${formatTime(workSeconds)} of one worker left`;
  return [
    formatTable(["done", "running", "failed", "left", "planned"], [[done, running, failed, left, planned]]),
    "",
    done === planned ? `all is done; attnsim collect ${out}` : time,
    ...(queue === undefined
      ? []
      : [`Slurm job ${queue.jobId}: ${queue.running} tasks run, ${queue.waiting} wait`]),
    ...(failures.length === 0
      ? []
      : ["", "failed:", ...failures.map(({ trial, reason }) => `  ${trial}: ${reason}`)]),
  ].join("\n");
}

/** Says that a plan has nothing to submit. */
export const formatNothing = (out: string): string =>
  `nothing to do: all trials of ${out} are done; attnsim collect ${out}`;

/** Says what was submitted and how to follow it. @param start how it was started */
export const formatSubmitted = (
  start: string,
  { shares, trials, seconds }: DealtTrials,
  out: string,
): string =>
  [
    `${start}: ${trials} trials for ${shares.length} tasks, the longest about ${formatTime(seconds)}`,
    `attnsim status ${out}`,
    `attnsim collect ${out}`,
  ].join("\n");
