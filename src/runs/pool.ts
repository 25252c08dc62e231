import { availableParallelism } from "node:os";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { Piscina } from "piscina";
import { UsageError } from "../core/errors.ts";
import type { PartTime } from "../core/profile.ts";
import { formatBytes } from "../core/units.ts";
import { workerArguments } from "../files/load.ts";
import type { TrialRow } from "../trial/columns.ts";
import type { NumericTrial } from "../trial/trial.ts";
import { describeTrial } from "./describe-trial.ts";
import type { TrialGroup, PlannedTrial } from "./plan.ts";
import { plugins } from "../trial/plugins.ts";

/** Message to a worker: run these trials, and send each row through `port` once it is finished. */
export interface GroupTask {
  readonly trials: readonly PlannedTrial<NumericTrial>[];
  readonly threads: number;
  /** paths of plugins, which the worker loads first */
  readonly plugins: readonly string[];
  /** whether to measure the time of each part */
  readonly profiled: boolean;
  readonly port: MessagePort;
}

export interface FinishedTrial {
  readonly id: string;
  readonly row: TrialRow;
  readonly seconds: number;
}

/** Message of a worker: a finished trial, or, after the last one and if it was asked for, the times of the parts. */
export type GroupMessage = FinishedTrial | { readonly times: readonly PartTime[] };

/** Workers that run groups side by side, the kernel threads of each, and the memory of all together in bytes. */
export interface PoolSize {
  readonly workers: number;
  readonly threads: number;
  readonly memoryBytes: number;
}

export interface PoolOptions extends PoolSize {
  /** module whose default export runs a `GroupTask` */
  readonly worker: URL;
  readonly signal?: AbortSignal;
  readonly onRow: (finished: FinishedTrial) => void;
  /** takes the times of each group's parts; without it none are measured */
  readonly onProfile?: ((group: TrialGroup, times: readonly PartTime[]) => void) | undefined;
  /** takes the trial in which a group failed, and the reason; the group's finished trials have gone to `onRow` before */
  readonly onFailure: (trial: PlannedTrial, reason: string) => void;
}

/** Share of the free memory that a run may take. */
export const memoryShare = 0.8;

/**
 * Chooses the number of workers, the kernel threads of each and the memory, where they are not given. There are as many
 * workers as cores, groups and memory allow. Each worker gets an equal share of the cores as its threads.
 *
 * @throws UsageError for more workers x threads than cores, or a group that cannot fit
 */
export function sizePool(
  groups: readonly TrialGroup[],
  asked: { readonly [K in keyof PoolSize]?: number | undefined },
  cores = availableParallelism(),
): PoolSize {
  const memoryBytes = asked.memoryBytes ?? process.availableMemory() * memoryShare;
  const largest = groups.reduce((max, { bytes }) => Math.max(max, bytes), 1);
  const biggest = groups.find(({ bytes }) => bytes === largest);
  if (biggest !== undefined && largest > memoryBytes)
    throw new UsageError(
      `not enough memory for ${describeTrial(biggest.trials[0]!.trial)}: it needs ${formatBytes(largest)}, ` +
        `allowed are ${formatBytes(memoryBytes)} (--memory-gb)`,
    );
  const fitting = Math.max(1, Math.min(groups.length, Math.floor(memoryBytes / largest)));
  const workers = asked.workers ?? Math.max(1, Math.min(fitting, Math.floor(cores / (asked.threads ?? 1))));
  const threads = asked.threads ?? Math.max(1, Math.floor(cores / workers));
  if (workers * threads > cores)
    throw new UsageError(
      `workers x threads must be at most ${cores}, the cores of this machine; got ${workers} x ${threads}`,
    );
  return { workers, threads, memoryBytes };
}

/**
 * Runs groups in order, as many at a time as workers and memory allow. An abort ends the groups that are running.
 *
 * @throws the error of `onRow`, which ends the run: nothing can be kept any more
 */
export async function runGroups(groups: readonly TrialGroup[], options: PoolOptions): Promise<void> {
  const { workers, memoryBytes, worker, signal } = options;
  const pool = new Piscina<GroupTask, void>({
    filename: worker.href,
    minThreads: 1,
    maxThreads: workers,
    idleTimeout: Infinity,
    // a worker starts kernel threads of its own, and an event loop that sleeps on atomics would not see their messages
    atomics: "disabled",
    execArgv: workerArguments(worker),
  });
  const stop = (): void => void pool.destroy();
  let broken: string | undefined;
  // a worker cannot start, so no group will run
  pool.on("error", (error: Error) => {
    broken = error.message;
    stop();
  });
  signal?.addEventListener("abort", stop);
  const state: Running = { pool };
  const running = new Set<Promise<void>>();
  let held = 0;
  try {
    for (const group of groups) {
      while (running.size >= workers || (running.size > 0 && held + group.bytes > memoryBytes))
        await Promise.race(running);
      if (signal?.aborted || state.unkept !== undefined) break;
      if (broken !== undefined) {
        options.onFailure(group.trials[0]!, broken);
        continue;
      }
      held += group.bytes;
      const work = runGroup(state, group, options).finally(() => {
        running.delete(work);
        held -= group.bytes;
      });
      running.add(work);
    }
    await Promise.all(running);
    if (state.unkept !== undefined) throw state.unkept;
  } finally {
    signal?.removeEventListener("abort", stop);
    await pool.destroy();
  }
}

/** A pool, and the error that ended its run: a row that could not be kept. */
interface Running {
  readonly pool: Piscina<GroupTask, void>;
  unkept?: Error;
}

/** Runs a group. If its worker dies, the trials that are left run once more. */
async function runGroup(
  running: Running,
  group: TrialGroup,
  options: PoolOptions,
  attempts = 2,
): Promise<void> {
  const { threads, signal, onRow, onProfile, onFailure } = options;
  const { trials } = group;
  const { port1, port2 } = new MessageChannel();
  const left = new Set(trials);
  const receive = (message: GroupMessage): void => {
    if (running.unkept !== undefined) return;
    if ("times" in message) return onProfile?.(group, message.times);
    try {
      onRow(message);
      left.delete(trials.find(({ id }) => id === message.id)!);
    } catch (error) {
      running.unkept = error as Error;
      void running.pool.destroy();
    }
  };
  port1.on("message", receive);
  try {
    const profiled = onProfile !== undefined;
    const task = { trials, threads, plugins: plugins().map(({ path }) => path), profiled, port: port2 };
    await running.pool.run(task, { transferList: [port2] });
  } catch (error) {
    drain(port1, receive);
    const [failed] = left;
    if (signal?.aborted || running.unkept !== undefined) return;
    if (hasDied(error) && attempts > 1 && failed !== undefined)
      await runGroup(running, { ...group, trials: [...left] }, options, attempts - 1);
    else onFailure(failed ?? trials[0]!, error instanceof Error ? error.message : String(error));
  } finally {
    // the task may end before its last rows have arrived
    drain(port1, receive);
    port1.close();
  }
}

/** Whether an error is the end of a worker and not of a trial (piscina 5.3.2, dist/index.js, `onWorkerExit`). */
const hasDied = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY" ||
    error.message.startsWith("worker exited with code"));

function drain(port: MessagePort, receive: (message: GroupMessage) => void): void {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
    receive(next.message as GroupMessage);
}
