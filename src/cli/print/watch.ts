import { performance } from "node:perf_hooks";
import type { Plan } from "../../runs/plan.ts";
import type { TrialSettings } from "../../runs/missing.ts";
import type { RunOutcome } from "../../runs/run.ts";
import { finishedRows } from "../../runs/unfinished.ts";
import type { Watch, WatchedSettings } from "../../runs/watch.ts";
import { startProgress } from "./progress.ts";
import type { Progress } from "./progress.ts";
import { printError } from "./print.ts";

/** Functions that a run of trials calls, and the signal that ends it. */
type WatchHooks = Required<Pick<TrialSettings, "signal" | "onStart" | "onTrial">>;

/** Shows the progress of a study at a terminal. */
export const watch: Watch = {
  steps(count, name, work) {
    const progress = startProgress(count, count, name);
    const stop = (): void => progress.stop();
    let isOver = true;
    try {
      const result = work(() => progress.advance(1));
      isOver = !(result instanceof Promise);
      return isOver ? result : ((result as Promise<unknown>).finally(stop) as typeof result);
    } finally {
      if (isOver) stop();
    }
  },
  trials: async (plan, settings) => finishedRows(await runWatched(plan, settings)),
};

/** Runs a plan with a progress bar. Ctrl-C ends it early and keeps finished trials. */
export const runWatched = (plan: Plan, settings: WatchedSettings): Promise<RunOutcome> =>
  watchTrials(plan.name, plan.trials.length, async (hooks) => {
    // commands without trials do not load what writes results and figures
    const { runPlan } = await import("../../runs/run.ts");
    return runPlan(plan, { ...settings, ...hooks });
  });

/**
 * Runs trials with a progress bar. Ctrl-C and SIGTERM end them early.
 *
 * @param name of the trials, for messages
 * @param planned number of the trials, those that are finished already too
 */
export async function watchTrials<T>(
  name: string,
  planned: number,
  work: (hooks: WatchHooks) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let asked = 0;
  // one Ctrl-C may arrive twice, from the terminal and from a parent process; a later one ends the process at once
  const interrupt = (): void => {
    if (abort.signal.aborted && performance.now() - asked > 1000) process.exit(130);
    if (!abort.signal.aborted) {
      asked = performance.now();
      printError("\nstopping; finished trials are kept (Ctrl-C again ends at once)");
    }
    abort.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  let progress: Progress | undefined;
  try {
    return await work({
      signal: abort.signal,
      onStart(missing, { workers, threads }) {
        const kept = planned - missing.length;
        printError(
          `${name}: ${missing.length} trials to run${kept > 0 ? `, ${kept} kept from before` : ""}; ` +
            `workers ${workers}, threads ${threads}`,
        );
        const work = missing.reduce((sum, { trial }) => sum + trial.tokens, 0);
        if (missing.length > 0) progress = startProgress(missing.length, work);
      },
      onTrial: ({ tokens }) => progress?.advance(tokens),
    });
  } finally {
    progress?.stop();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
