import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { UsageError } from "../../core/errors.ts";
import { makeFolder, writeAtomic } from "../../files/files.ts";
import { groupsOf } from "../plan.ts";
import type { Plan, PlannedTrial } from "../plan.ts";
import { memoryShare } from "../pool.ts";
import { finishedTrials } from "./attempts.ts";
import { dealTrials, mostShares } from "./deal.ts";
import { indexedJob } from "./kubernetes.ts";
import type { KubernetesArray } from "./kubernetes.ts";
import { savePlan } from "./plan-file.ts";
import type { PlannedRun } from "./plan-file.ts";
import { secondsBy } from "./seconds.ts";
import { queueOf, sbatch, sbatchScript, shellWord } from "./slurm.ts";
import type { SlurmArray } from "./slurm.ts";
import {
  readSubmission,
  sharesFolder,
  submissionPath,
  submissionsOf,
  writeSubmission,
} from "./submission.ts";

/** The trials of a plan that have no row yet, dealt to the tasks of an array. */
export interface DealtTrials {
  /** number of the submission that they become */
  readonly number: number;
  readonly shares: readonly (readonly PlannedTrial[])[];
  /** number of trials */
  readonly trials: number;
  /** estimated seconds of the longest share, with one worker */
  readonly seconds: number;
  /** memory in bytes that a task with one worker needs */
  readonly memoryBytes: number;
}

/** Memory in bytes of a task whose trials need hardly any: of the program itself. */
const leastBytes = 1e9;

/** Deals the missing trials of a plan to at most `count` tasks. Without missing trials there are no shares. */
export function dealMissing(plan: Plan, out: string, count: number): DealtTrials {
  const finished = finishedTrials(out);
  const missing = plan.trials.filter(({ id }) => !finished.has(id));
  const secondsOf = secondsBy(plan.trials, finished);
  const shares = dealTrials(missing, Math.min(count, mostShares(missing)), secondsOf);
  const times = shares.map((share) => share.reduce((sum, planned) => sum + secondsOf(planned), 0));
  return {
    number: (submissionsOf(out).at(-1) ?? 0) + 1,
    shares,
    trials: missing.length,
    seconds: Math.max(0, ...times),
    memoryBytes: Math.max(leastBytes, ...groupsOf(missing).map(({ bytes }) => bytes / memoryShare)),
  };
}

/** Settings of an array beside the trials that it runs. */
type Given<T> = Omit<T, "name" | "size" | "command" | "log" | "folder" | "memory"> & {
  /** `4G`, in units of 1024 (default: by the longest trial) */
  readonly memory?: string | undefined;
};

/** Options of a Slurm array. `program` is the Bash text that starts attnsim. */
export type SlurmOptions = Given<SlurmArray> & { readonly program?: string | undefined };

/** Options of an indexed job of Kubernetes. `program` holds the words that start attnsim in the image. */
export type KubernetesOptions = Given<KubernetesArray> & { readonly program?: string | undefined };

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);

/** The command line that started this program, for other machines that see the same files. */
const ownProgram = (): string =>
  [process.execPath, ...process.execArgv, resolve(process.argv[1]!)].map(shellWord).join(" ");

/** The batch script of dealt trials. @throws UsageError for an option that sbatch cannot read */
export function slurmScript(
  { plan }: PlannedRun,
  out: string,
  dealt: DealtTrials,
  { program = ownProgram(), memory, ...options }: SlurmOptions,
): string {
  const folder = resolve(out);
  return sbatchScript({
    ...options,
    name: `attnsim-${plan.name}`,
    size: dealt.shares.length,
    memory: memory ?? `${mebibytes(dealt.memoryBytes)}M`,
    log: join(sharesFolder(folder).replaceAll("%", "%%"), "slurm-%A_%a.log"),
    command: `${program} work ${shellWord(folder)} --submission ${dealt.number}`,
  });
}

/** The manifest of dealt trials as YAML. */
export function kubernetesManifest(
  { plan }: PlannedRun,
  out: string,
  dealt: DealtTrials,
  { program = "attnsim", memory, ...options }: KubernetesOptions,
): string {
  const folder = resolve(out);
  const words = program.split(/\s+/).filter((word) => word !== "");
  return stringify(
    indexedJob({
      ...options,
      name: `attnsim-${plan.name}-${dealt.number}`,
      size: dealt.shares.length,
      memory: memory?.replace(/[KMGT]$/, "$&i") ?? `${mebibytes(dealt.memoryBytes)}Mi`,
      folder,
      command: [...words, "work", folder, "--submission", String(dealt.number)],
    }),
  );
}

/** Writes the plan, its dealt trials and the file that starts them. Returns the path of that file. */
export function saveSubmission(
  run: PlannedRun,
  out: string,
  dealt: DealtTrials,
  start: { readonly ending: "sh" | "yaml"; readonly text: string; readonly force?: boolean | undefined },
): string {
  makeFolder(out);
  savePlan(out, run, { force: start.force });
  const shares = dealt.shares.map((share) => share.map(({ id }) => id));
  writeSubmission(out, dealt.number, { shares });
  const path = submissionPath(out, dealt.number, start.ending);
  writeAtomic(path, start.text);
  return path;
}

/**
 * Submits the script of a saved submission. Returns the number of the job.
 *
 * @throws UsageError where sbatch cannot be started or refuses the script; the submission is then removed
 */
export function submitScript(out: string, number: number, script: string): string {
  try {
    const jobId = sbatch(script);
    writeSubmission(out, number, { ...readSubmission(out, number), jobId });
    return jobId;
  } catch (error) {
    for (const path of [script, submissionPath(out, number, "json")]) rmSync(path, { force: true });
    throw error;
  }
}

/** Refuses to submit while tasks of an earlier job of the folder wait or run. @throws UsageError */
export function requireIdle(out: string): void {
  for (const number of submissionsOf(out)) {
    const { jobId } = readSubmission(out, number);
    const queue = jobId === undefined ? undefined : queueOf(jobId);
    if (queue !== undefined && queue.waiting + queue.running > 0)
      throw new UsageError(
        `job ${queue.jobId} of ${out} has ${queue.running} tasks that run and ${queue.waiting} that wait; ` +
          `wait for them, or scancel ${queue.jobId}`,
      );
  }
}
