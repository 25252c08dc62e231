import { Option } from "@commander-js/extra-typings";
import type { Command } from "@commander-js/extra-typings";
import { defaultEngine, engineNames } from "../../engines/registry.ts";
import { theoryEngine } from "../../trial/trial.ts";
import { integer, positive } from "./values.ts";

/** What the options are read as. */
export interface RunOptions {
  out?: string;
  seed: number;
  engine: string;
  mode: "numerics" | "theory";
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
        "numerics: real keys, values and softmax; theory: their mean field, in milliseconds",
      )
        .choices(["numerics", "theory"])
        .default("numerics"),
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

/** What trials are run by: a numeric engine, or theory. */
export const engineOf = ({
  mode,
  engine,
}: {
  mode?: string | undefined;
  engine?: string | undefined;
}): string => (mode === "theory" ? theoryEngine : (engine ?? defaultEngine));
