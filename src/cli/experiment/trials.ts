import { planOf } from "../../runs/plan.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import type { TrialOptions } from "../../trial/make-trial.ts";
import type { Trial } from "../../trial/trial.ts";
import { execute } from "../execute.ts";
import { withRunOptions } from "../options/run.ts";
import { resultsFolder } from "./experiment.ts";
import type { Answer } from "./experiment.ts";

/** Arguments of the function that makes the trials. */
export interface TrialContext {
  /** true for the whole question, false for a part that takes a minute */
  readonly full: boolean;
  /** Makes a trial with the seed, mode and engine of the command line. @throws UsageError for a spec that it cannot read */
  readonly trial: (options: TrialOptions) => Trial;
}

/** The trials that answer a question. */
export interface TrialsOptions {
  /** Yields the trials, in the order of the rows. */
  readonly make: (context: TrialContext) => Iterable<Trial>;
  /** figures to draw (default: all that the rows can show) */
  readonly figures?: readonly string[];
}

/** Answers a question with trials. */
export const trials = ({ make, figures }: TrialsOptions): Answer => ({
  define(program, { name, question, seed: own }) {
    withRunOptions(program, own).action(async ({ full = false, out, ...asked }) => {
      const { force, parquet, skipImpossible, reference, planOnly, ...options } = asked;
      const { seed, mode, engine } = options;
      const trial = (given: TrialOptions): Trial => makeTrial({ seed, mode, engine, ...given });
      await execute(planOf(name, question, make({ full, trial })), {
        ...options,
        out: out ?? resultsFolder(name, full),
        figures,
        force,
        parquet,
        skipImpossible,
        reference,
        planOnly,
        config: { full, ...options },
      });
    });
  },
});
