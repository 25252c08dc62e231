import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { Command } from "@commander-js/extra-typings";
import { defaultEngine, engineNames } from "../../engines/registry.ts";
import { modes } from "../../trial/trial.ts";
import type { Mode } from "../../trial/trial.ts";
import { integer, positive } from "./values.ts";

/** What the options are read as. */
export interface RunOptions {
  out?: string;
  seed: number;
  engine: string;
  mode: Mode;
  workers?: number;
  threads?: number;
  memoryGb?: number;
  dryRun?: true;
  json?: true;
  profile?: true;
}

/** Options of everything that runs a plan: `attnsim run` and the scripts in experiments/. */
export const withRunOptions = <
  A extends unknown[],
  O extends Record<string, unknown>,
  G extends Record<string, unknown>,
>(
  command: Command<A, O, G>,
): Command<A, O & RunOptions, G> =>
  (command as unknown as Command)
    .option("--out <folder>", "folder of the results; running again into it runs only what is missing")
    .option("--seed <n>", "seed of the run", integer(0), 0)
    .option("--engine <name>", `numeric engine: ${engineNames.join(", ")}`, defaultEngine)
    .addOption(
      new Option(
        "--mode <name>",
        "numerics: real keys, values and softmax; mean-field: drawn from their mean field, in milliseconds",
      )
        .choices(modes)
        .default("numerics")
        .argParser(parseMode),
    )
    .option(
      "--workers <n>",
      "trials run side by side; as many as cores and memory allow when absent",
      integer(1),
    )
    .option("--threads <n>", "kernel threads of a worker; the cores left when absent", integer(1))
    .option(
      "--memory-gb <n>",
      "memory that all workers may take, decimal GB; 80% of what is free when absent",
      positive,
    )
    .option(
      "--profile",
      "say where the time goes, part by part, and write it to profile.csv beside the results",
    )
    .option("--dry-run", "print the trials and the memory that they need, and stop")
    .option("--json", "print the summary as JSON") as unknown as Command<A, O & RunOptions, G>;

/** The former word for the mean field, which scripts may still use. */
export const formerMeanField = "theory";

/** Reads a mode. @throws InvalidArgumentError for another word */
function parseMode(text: string): Mode {
  const mode = modes.find((known) => known === (text === formerMeanField ? "mean-field" : text));
  if (mode === undefined) throw new InvalidArgumentError(`Allowed choices are ${modes.join(", ")}.`);
  return mode;
}
