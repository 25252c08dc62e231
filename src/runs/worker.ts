import { performance } from "node:perf_hooks";
import { Profile } from "../core/profile.ts";
import { loadEngine } from "../engines/registry.ts";
import type { Ops } from "../engines/ops.ts";
import { runTrials } from "../trial/run.ts";
import { loadPlugin } from "./plugins.ts";
import type { GroupMessage, GroupTask } from "./pool.ts";

/** Engines of this worker by name. One engine serves one group after another. */
const engines = new Map<string, Promise<Ops>>();

/** Runs a group of trials in a worker. Sends each row once it is finished, and at the end the times of the parts. */
export default async function runGroup({
  trials,
  threads,
  plugins,
  profiled,
  port,
}: GroupTask): Promise<void> {
  for (const plugin of plugins) await loadPlugin(plugin);
  const { engine } = trials[0]!.trial;
  const ops = engines.get(engine) ?? loadEngine(engine, { threads });
  engines.set(engine, Promise.resolve(ops));
  const idOf = new Map(trials.map(({ id, trial }) => [trial, id]));
  const clock = (): number => performance.now() / 1000;
  const send = (message: GroupMessage): void => port.postMessage(message);
  const loaded = await ops;
  const profile = profiled ? new Profile(clock) : undefined;
  runTrials(
    trials.map(({ trial }) => trial),
    {
      ops: loaded,
      onRow: (trial, row, seconds) => send({ id: idOf.get(trial)!, row, seconds }),
      clock,
      profile,
    },
  );
  if (profile) send({ times: profile.times() });
}
