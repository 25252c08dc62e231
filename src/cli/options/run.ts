import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { Command } from "@commander-js/extra-typings";
import { defaultEngine, engineNames } from "../../engines/registry.ts";
import { modes } from "../../trial/trial.ts";
import type { Mode } from "../../trial/trial.ts";
import { modeOf } from "../../runs/config.ts";
import { integer, oneOf } from "./values.ts";
import { forceOption, parquetOption, referenceOption } from "./results.ts";
import { workerOptions } from "./workers.ts";

/** Options that say how to run, and are no part of the question. */
export const runFlags = [
  "json",
  "dryRun",
  "planOnly",
  "profile",
  "force",
  "parquet",
  "skipImpossible",
  "reference",
  "wide",
  "safeCsv",
] as const;

/** Values of the options of a run. */
export interface RunOptions {
  out?: string;
  force?: true;
  parquet?: true;
  skipImpossible?: true;
  seed: number;
  engine: string;
  mode: Mode;
  workers?: number;
  threads?: number;
  memoryGb?: number;
  dryRun?: true;
  planOnly?: true;
  json?: true;
  profile?: true;
  reference?: string;
}

/** Adds the options that run a plan: `attnsim run` and the scripts in experiments/. @param seed default of --seed */
export const withRunOptions = <
  A extends unknown[],
  O extends Record<string, unknown>,
  G extends Record<string, unknown>,
>(
  command: Command<A, O, G>,
  seed = 0,
): Command<A, O & RunOptions, G> =>
  (command as unknown as Command)
    .option("--out <folder>", "folder of the results; another run into it runs only the missing trials")
    .option(...forceOption)
    .option(...parquetOption)
    .option("--skip-impossible", "leave out tasks at lengths, and variants, that cannot be had")
    .option("--seed <n>", "seed of the run", integer(0), seed)
    .option(
      "--engine <name>",
      `numeric engine: ${engineNames.join(", ")}`,
      oneOf("engine", engineNames),
      defaultEngine,
    )
    .addOption(
      new Option(
        "--mode <name>",
        "numerics: real keys, values and softmax; mean-field: weights drawn from the mean field, in milliseconds",
      )
        .choices(modes)
        .default("numerics")
        .argParser(parseMode),
    )
    .option(...workerOptions.workers)
    .option(...workerOptions.threads)
    .option(...workerOptions.memoryGb)
    .option(...referenceOption)
    .option("--profile", "print the time of each part, and write it to profile.csv beside the results")
    .option("--dry-run", "print the plan and the memory that it needs, and stop")
    .option("--plan-only", "write the plan into the folder of the results, for attnsim submit, and stop")
    .option("--json", "print the summary as JSON") as unknown as Command<A, O & RunOptions, G>;

/** Reads a mode. @throws InvalidArgumentError for another word */
function parseMode(text: string): Mode {
  const mode = modeOf(text);
  if (mode === undefined) throw new InvalidArgumentError(`Allowed choices are ${modes.join(", ")}.`);
  return mode;
}
