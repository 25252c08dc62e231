import { performance } from "node:perf_hooks";
import { loadEngine } from "../kernels/engines.ts";
import type { Ops } from "../kernels/ops.ts";
import { runTrials } from "../simulate/quality.ts";
import type { FinishedTrial, GroupTask } from "./pool.ts";

/** Engines of this worker, by name: their threads and memory serve one group after another. */
const engines = new Map<string, Promise<Ops>>();

/** Runs a group of trials in a worker, and sends each row as it is finished. */
export default async function runGroup({ trials, threads, port }: GroupTask): Promise<void> {
  const { engine } = trials[0]!.trial;
  const ops = engines.get(engine) ?? loadEngine(engine, { threads });
  engines.set(engine, Promise.resolve(ops));
  const idOf = new Map(trials.map(({ id, trial }) => [trial, id]));
  runTrials(
    trials.map(({ trial }) => trial),
    await ops,
    (trial, row, seconds) => port.postMessage({ id: idOf.get(trial)!, row, seconds } satisfies FinishedTrial),
    () => performance.now() / 1000,
  );
}
