import type { TrialRow } from "../trial/columns.ts";
import type { Plan } from "./plan.ts";
import { runPlan } from "./run.ts";
import type { RunSettings } from "./run.ts";
import { finishedRows } from "./unfinished.ts";

/** Settings of a run whose progress and interruption the watch looks after. */
export type WatchedSettings = Omit<RunSettings, "signal" | "onStart" | "onTrial">;

/** Follows long work. A command line draws bars and takes Ctrl-C; `unwatched` does neither. */
export interface Watch {
  /** Does work in steps, and is told when each is done. @param name of the steps: `variants` */
  readonly steps: <T>(count: number, name: string, work: (onStep: () => void) => T) => T;
  /** Runs a plan. Returns the rows of all its trials. @throws Unfinished where some have none */
  readonly trials: (plan: Plan, settings: WatchedSettings) => Promise<readonly TrialRow[]>;
}

export const unwatched: Watch = {
  steps: (_count, _name, work) => work(() => undefined),
  trials: async (plan, settings) => finishedRows(await runPlan(plan, settings)),
};
