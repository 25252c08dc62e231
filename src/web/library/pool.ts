import type { TrialRow } from "../../trial/columns.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import type { TrialOptions } from "../../trial/make-trial.ts";
import { meanFieldRow } from "../../trial/mean-field.ts";
import { makeChannel, pause } from "./ports.ts";
import type { Port } from "./ports.ts";

// Trials in the mean field, shared between two workers that have the library. The one that answers a question goes through
// the jobs from the first on, and its helper from the last back, until they meet: neither waits for the other.

/** Trials that one worker does at a time. */
export type TrialJob = readonly TrialOptions[];

/** Rows that the helper has finished. */
interface Helped {
  readonly job: number;
  readonly rows: readonly TrialRow[];
}

let helper: Port | undefined;

/** Takes another worker as the helper of this one. @param port to that worker, which helps with what comes there */
export function takeHelper(port: Port): void {
  helper = port;
}

/** Helps with the jobs that come from another worker. @param port to that worker */
export function helpAt(port: Port): void {
  port.onmessage = ({ data, ports: [reply] }) => void help(data as readonly TrialJob[], reply!);
}

async function help(jobs: readonly TrialJob[], reply: Port): Promise<void> {
  let end = 0;
  // number of jobs that the other worker has begun
  reply.onmessage = ({ data }) => (end = data as number);
  for (let job = jobs.length - 1; job >= end; job--) {
    try {
      reply.postMessage({ job, rows: rowsOf(jobs[job]!) } satisfies Helped);
    } catch {
      // the other worker comes to this job, and to its error
      break;
    }
    await pause();
  }
  reply.close();
}

const rowsOf = (job: TrialJob): TrialRow[] =>
  job.map((trial) => meanFieldRow(makeTrial({ ...trial, mode: "mean-field" })));

/**
 * Works out jobs together with the helper, if there is one. It yields after each job of its own: let messages in then,
 * those of the helper are among them.
 *
 * @param take takes the rows of each job, in any order
 */
export function* workOut(
  jobs: readonly TrialJob[],
  take: (rows: readonly TrialRow[]) => void,
): Generator<undefined, void> {
  const done = new Set<number>();
  const finish = (job: number, rows: readonly TrialRow[]): void => {
    if (done.has(job)) return;
    done.add(job);
    take(rows);
  };
  const { port1: shared, port2: reply } = makeChannel();
  shared.onmessage = ({ data }) => {
    const { job, rows } = data as Helped;
    finish(job, rows);
  };
  if (jobs.length > 1) helper?.postMessage(jobs, [reply]);
  try {
    for (const [job, trials] of jobs.entries()) {
      if (done.has(job)) continue;
      shared.postMessage(job + 1);
      finish(job, rowsOf(trials));
      yield undefined;
    }
  } finally {
    shared.postMessage(jobs.length);
    shared.close();
  }
}
