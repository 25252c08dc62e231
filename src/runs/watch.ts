import type { TrialRow } from "../trial/columns.ts";
import type { Plan } from "./plan.ts";
import { runPlan } from "./run.ts";
import type { RunSettings } from "./run.ts";
import { finishedRows } from "./unfinished.ts";

/** Settings of a run, without those that the watch itself sets. */
export type WatchedSettings = Omit<RunSettings, "signal" | "onStart" | "onTrial">;

/** Shows the progress of long work and interrupts it. The command line draws bars and takes Ctrl-C. */
export interface Watch {
  /** Does work of `count` steps. The work calls `onStep` after each, and may return a promise. @param name names the steps: `variants` */
  readonly steps: <T>(count: number, name: string, work: (onStep: () => void) => T) => T;
  /** Runs a plan. Returns the rows of all its trials. @throws Unfinished if a trial has no row */
  readonly trials: (plan: Plan, settings: WatchedSettings) => Promise<readonly TrialRow[]>;
}

/** A watch that shows nothing and interrupts nothing. */
export const unwatched: Watch = {
  steps: (_count, _name, work) => work(() => undefined),
  trials: async (plan, settings) => finishedRows(await runPlan(plan, settings)),
};
