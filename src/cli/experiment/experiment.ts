import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { hash64 } from "../../core/random.ts";
import { allowClosedPipe, exitCodeOf } from "../exit.ts";
import { withPlugins } from "../options/plugin.ts";
import { withSafeCsv } from "../options/results.ts";
import { withWidth } from "../options/width.ts";
import { withWritableOutputs } from "../options/writable.ts";

/** The name and the question of an experiment. */
export interface ExperimentTitle {
  /** name of its folder in results/ */
  readonly name: string;
  readonly question: string;
  /** seed of its problems */
  readonly seed: number;
}

/** Method that answers a question: `trials`, `tables`, `study` or `times`. */
export interface Answer {
  /** Adds options beside --full and an action to the experiment's program. */
  readonly define: (program: Command<[], { full?: true }>, asked: ExperimentTitle) => void | Promise<void>;
  /** Words put before the user's words in the command line. */
  readonly words?: (full: boolean, out: string) => readonly string[];
}

/** A question and the method that answers it. */
export interface Experiment extends Omit<ExperimentTitle, "seed"> {
  /** default: made from the name, so that two experiments do not find the same on the same problems */
  readonly seed?: number;
  readonly answer: Answer;
}

/** The seed of an experiment that states none. */
export const seedOfName = (name: string): number => hash64(`experiment/${name}`)[0] >>> 1;

/** Runs an experiment as a program: reads the command line and sets the exit code. */
export async function experiment(asked: Experiment): Promise<void> {
  allowClosedPipe();
  process.exitCode = await runExperiment(asked, process.argv.slice(2));
}

/** Runs an experiment with the words of a command line. Returns the exit code. */
const runExperiment = (
  { name, question, seed = seedOfName(name), answer }: Experiment,
  words: readonly string[],
): Promise<number> =>
  exitCodeOf(async () => {
    const program = new Command(name)
      .description(question)
      .exitOverride()
      .option(
        "--full",
        `answer the whole question, into results/${name}; without it a part, into results/local/${name}`,
      );
    await answer.define(program, { name, question, seed });
    withPlugins(program);
    withWidth(program);
    withSafeCsv(program);
    withWritableOutputs(program);
    const full = words.includes("--full");
    const first = answer.words?.(full, resultsFolder(name, full)) ?? [];
    await program.parseAsync([...first, ...words], { from: "user" });
  });

/** The folder of an experiment's results. */
export const resultsFolder = (name: string, full: boolean): string =>
  join("results", ...(full ? [] : ["local"]), name);
