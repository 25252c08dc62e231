import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { planOf } from "../runs/plan.ts";
import { makeTrial } from "../runs/make-trial.ts";
import type { TrialOptions } from "../runs/make-trial.ts";
import type { Trial } from "../trial/trial.ts";
import { execute } from "./execute.ts";
import { exitCodeOf } from "./exit.ts";
import { engineOf, withRunOptions } from "./options/run.ts";

/** What an experiment's loops are given. */
export interface TrialContext {
  /** whether the whole question is asked, or a part of it that takes a minute */
  readonly full: boolean;
  /** Makes a trial with the seed and engine of the command line. @throws UsageError for what it cannot read */
  readonly trial: (options: TrialOptions) => Trial;
}

/** A question, and the trials that answer it. */
export interface Experiment {
  /** name of its folder in results/ */
  readonly name: string;
  readonly question: string;
  /** yields the trials, in the order of the rows */
  readonly trials: (context: TrialContext) => Iterable<Trial>;
  /** figure kinds; all that the rows can show when absent */
  readonly figures?: readonly string[];
}

/** Runs an experiment as the program that this script is: reads the command line, sets the exit code. */
export async function experiment({ name, question, trials, figures }: Experiment): Promise<void> {
  const program = withRunOptions(
    new Command(name)
      .description(question)
      .exitOverride()
      .option(
        "--full",
        `ask the whole question, into results/${name}; a part of it, into results/local/${name}, when absent`,
      ),
  ).action(async ({ full = false, out, ...options }) => {
    const { seed } = options;
    const trial = (asked: TrialOptions): Trial => makeTrial({ seed, engine: engineOf(options), ...asked });
    await execute(planOf(name, question, trials({ full, trial })), {
      ...options,
      out: out ?? join("results", ...(full ? [] : ["local"]), name),
      figures,
      config: { full, ...options },
    });
  });
  process.exitCode = await exitCodeOf(() => program.parseAsync());
}
