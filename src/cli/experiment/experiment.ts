import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { allowClosedPipe, exitCodeOf } from "../exit.ts";
import { withPlugins } from "../options/plugin.ts";

/** The name and the question of an experiment. */
export interface ExperimentTitle {
  /** name of its folder in results/ */
  readonly name: string;
  readonly question: string;
}

/** Method that answers a question: `trials`, `tables`, `study` or `times`. */
export interface Answer {
  /** Adds options beside --full and an action to the experiment's program. */
  readonly define: (program: Command<[], { full?: true }>, asked: ExperimentTitle) => void | Promise<void>;
  /** Words put before the user's words in the command line. */
  readonly words?: (full: boolean, out: string) => readonly string[];
}

/** A question and the method that answers it. */
export interface Experiment extends ExperimentTitle {
  readonly answer: Answer;
}

/** Runs an experiment as a program: reads the command line and sets the exit code. */
export async function experiment(asked: Experiment): Promise<void> {
  allowClosedPipe();
  process.exitCode = await runExperiment(asked, process.argv.slice(2));
}

/** Runs an experiment with the words of a command line. Returns the exit code. */
const runExperiment = ({ name, question, answer }: Experiment, words: readonly string[]): Promise<number> =>
  exitCodeOf(async () => {
    const program = new Command(name)
      .description(question)
      .exitOverride()
      .option(
        "--full",
        `answer the whole question, into results/${name}; without it a part, into results/local/${name}`,
      );
    await answer.define(program, { name, question });
    withPlugins(program);
    const full = words.includes("--full");
    const first = answer.words?.(full, resultsFolder(name, full)) ?? [];
    await program.parseAsync([...first, ...words], { from: "user" });
  });

/** The folder of an experiment's results. */
export const resultsFolder = (name: string, full: boolean): string =>
  join("results", ...(full ? [] : ["local"]), name);
