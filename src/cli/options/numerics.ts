import type { Command } from "@commander-js/extra-typings";
import { defaultEngine, engineNames } from "../../engines/registry.ts";
import { forceOption } from "./results.ts";
import { oneOf } from "./values.ts";
import { workerOptions } from "./workers.ts";

/** Values of the options of a study whose trials run with full numerics. */
export interface NumericsOptions {
  engine: string;
  workers?: number;
  threads?: number;
  out: string;
  force?: true;
  json?: true;
}

/** Adds the options of a study whose trials run with full numerics. @param out default folder of the results */
export const withNumericsOptions = <
  A extends unknown[],
  O extends Record<string, unknown>,
  G extends Record<string, unknown>,
>(
  command: Command<A, O, G>,
  out: string,
): Command<A, O & NumericsOptions, G> =>
  (command as unknown as Command)
    .option(
      "--engine <name>",
      `numeric engine: ${engineNames.join(", ")}`,
      oneOf("engine", engineNames),
      defaultEngine,
    )
    .option(...workerOptions.workers)
    .option(...workerOptions.threads)
    .option("--out <folder>", "folder of the results", out)
    .option(...forceOption)
    .option("--json", "print the answer as JSON") as unknown as Command<A, O & NumericsOptions, G>;
