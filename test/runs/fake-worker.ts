import { existsSync, writeFileSync } from "node:fs";
import type { GroupMessage, GroupTask } from "../../src/runs/pool.ts";
import { trialRow } from "../../src/trial/columns.ts";
import type { TrialRow } from "../../src/trial/columns.ts";
import type { NumericTrial } from "../../src/trial/trial.ts";

/** A row that only the trial decides: what real trials promise, in no time. */
const rowOf = (id: string, trial: NumericTrial): TrialRow =>
  trialRow({
    id,
    task: trial.task,
    benchmark: trial.task,
    variant: trial.variant,
    tokensNominal: trial.tokens,
    trial: trial.trial,
    seed: trial.seed,
    score: parseInt(id.slice(0, 8), 16) / 2 ** 32,
    exact: trial.trial % 2 === 0,
    mode: trial.mode,
    engine: trial.engine,
  });

/** Seeds of trials that wait for another one at the same time: for long, and for a moment. */
export const [patientSeed, hastySeed] = [89, 90] as const;

/** Seed of groups whose oracle kills its worker once. */
export const mortalSeed = 91;

/** Variable of the environment with the path of a file that says that an oracle killed its worker. */
export const deathVariable = "ATTNSIM_TEST_DEATH";

/** Resolves once two trials wait at the same time. @throws Error if nobody comes */
async function meet(patienceMs: number): Promise<void> {
  const channel = new BroadcastChannel("attnsim tests meet");
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("nobody came")), patienceMs);
      channel.onmessage = () => {
        clearTimeout(timer);
        // the other one may have begun to listen after the first call
        channel.postMessage("here");
        resolve();
      };
      channel.postMessage("here");
    });
  } finally {
    channel.close();
  }
}

/**
 * Stands for the real worker. A trial's seed says what goes wrong: 85 gives no score, 86 kills the worker, 87 throws, 88 hangs. With
 * `patientSeed` and `hastySeed` it waits for another trial.
 */
export default async function runGroup({ trials, profiled, port }: GroupTask): Promise<void> {
  for (const { id, trial } of trials) {
    if (trial.seed === 86) process.exit(1);
    const death = process.env[deathVariable];
    if (trial.seed === mortalSeed && trial.variant === "oracle" && death && !existsSync(death)) {
      writeFileSync(death, "");
      process.exit(1);
    }
    if (trial.seed === 87) throw new Error("no such luck");
    if (trial.seed === 88) await new Promise((resolve) => setTimeout(resolve, 60_000));
    if (trial.seed === patientSeed) await meet(60_000);
    if (trial.seed === hastySeed) await meet(300);
    const row = rowOf(id, trial);
    const scored = trial.seed === 85 ? { ...row, score: NaN } : row;
    port.postMessage({ id, row: scored, seconds: 0.25 } satisfies GroupMessage);
  }
  if (profiled)
    port.postMessage({
      times: [
        { owner: "dense", part: "attend", calls: 2, seconds: 0.25 },
        { owner: "", part: "other", calls: 1, seconds: 0.75 },
      ],
    } satisfies GroupMessage);
}
