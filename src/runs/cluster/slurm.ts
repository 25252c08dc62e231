import { spawnSync } from "node:child_process";
import { UsageError } from "../../core/errors.ts";

/** A job array of Slurm. */
export interface SlurmArray {
  readonly name: string;
  /** tasks; they have the numbers from 1 to `size` */
  readonly size: number;
  /** tasks that run at the same time at most (default: all) */
  readonly atOnce?: number | undefined;
  /** pattern of the files of what tasks print */
  readonly log: string;
  /** Bash command of each task */
  readonly command: string;
  readonly cpus: number;
  /** `4G` */
  readonly memory: string;
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  readonly qos?: string | undefined;
  /** `2:00:00` */
  readonly time?: string | undefined;
}

/** Seconds from SIGTERM to the end of a task's time: enough to leave the trial under way and to close the journal. */
const graceSeconds = 60;

/** A text as one word of Bash. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The value of an option that is not a plain word. @throws UsageError */
function plainWord(option: string, value: string): string {
  if (/^[\w.,:@+/[\]-]+$/.test(value)) return value;
  throw new UsageError(`--${option} must be of letters, digits and . , : @ + / [ ] _ -; got "${value}"`);
}

/**
 * A batch script for sbatch. A task that is preempted, or whose node fails, goes back into the queue; SIGTERM reaches the
 * command itself, which takes the place of the shell.
 *
 * @throws UsageError for a value that is no plain word
 */
export function sbatchScript(array: SlurmArray): string {
  const { name, size, atOnce, log, command, cpus, memory } = array;
  const asked = (["partition", "account", "qos", "time"] as const).flatMap((option) => {
    const value = array[option];
    return value === undefined ? [] : [`${option}=${plainWord(option, value)}`];
  });
  const options = [
    `job-name=${name.replace(/[^\w.-]+/g, "-")}`,
    `array=1-${size}${atOnce === undefined ? "" : `%${atOnce}`}`,
    ...asked,
    "ntasks=1",
    `cpus-per-task=${cpus}`,
    `mem=${plainWord("mem", memory)}`,
    `output=${quoted(log)}`,
    "open-mode=append",
    "requeue",
    `signal=B:TERM@${graceSeconds}`,
  ];
  return ["#!/bin/bash", ...options.map((option) => `#SBATCH --${option}`), `exec ${command}`, ""].join("\n");
}

/** A path as sbatch reads it from a script. @throws UsageError for a path that it cannot read */
function quoted(path: string): string {
  if (!/["\\\n]/.test(path)) return `"${path}"`;
  throw new UsageError(`Slurm cannot write to a path with quotes, backslashes or line ends; got ${path}`);
}

/**
 * Submits a batch script. Returns the number of the job.
 *
 * @throws UsageError where sbatch is missing or refuses the script
 */
export function sbatch(script: string): string {
  const { error, status, stdout, stderr } = spawnSync("sbatch", ["--parsable", script], { encoding: "utf8" });
  if (error !== undefined)
    throw new UsageError(`sbatch cannot be started here (${error.message}); --dry-run prints the script`);
  if (status !== 0) throw new UsageError(`sbatch refuses ${script}: ${stderr.trim()}`);
  // the name of a cluster may follow
  return stdout.trim().split(";")[0]!;
}

/** Tasks of a job that have not ended. */
export interface QueuedTasks {
  readonly jobId: string;
  readonly waiting: number;
  readonly running: number;
}

/** The tasks of a job in Slurm's queue; undefined where Slurm does not answer. Slurm forgets ended jobs after minutes. */
export function queueOf(jobId: string): QueuedTasks | undefined {
  const words = ["--noheader", "--array", "--format=%T", `--jobs=${jobId}`];
  const { error, status, stdout, stderr } = spawnSync("squeue", words, { encoding: "utf8", timeout: 20_000 });
  if (error !== undefined) return undefined;
  if (status !== 0 && !stderr.includes("Invalid job id")) return undefined;
  const states = status === 0 ? stdout.split("\n").filter((line) => line.trim() !== "") : [];
  const waiting = states.filter((state) => /^(PENDING|REQUEUE|CONFIGURING)/.test(state)).length;
  return { jobId, waiting, running: states.length - waiting };
}
