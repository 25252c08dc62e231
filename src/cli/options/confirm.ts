import type { Command } from "@commander-js/extra-typings";
import { defaultEngine, engineNames } from "../../engines/registry.ts";
import { forceOption } from "./results.ts";
import { integer, oneOf, tokenCount } from "./values.ts";
import { workerOptions } from "./workers.ts";

/** Values of the options of a study that full numerics confirm. */
export interface ConfirmOptions {
  confirmTrials: number;
  confirmTokens: number;
  engine: string;
  workers?: number;
  threads?: number;
  out: string;
  force?: true;
  json?: true;
}

/** Adds the options of a study that full numerics confirm. @param defaults trials of a column, and the folder of results */
export const withConfirmOptions = <
  A extends unknown[],
  O extends Record<string, unknown>,
  G extends Record<string, unknown>,
>(
  command: Command<A, O, G>,
  defaults: { readonly trials: number; readonly out: string },
): Command<A, O & ConfirmOptions, G> =>
  (command as unknown as Command)
    .option("--confirm-trials <n>", "trials of each column with full numerics", integer(1), defaults.trials)
    .option(
      "--confirm-tokens <tokens>",
      "most tokens of a column's trials; three trials always run",
      tokenCount,
      8_388_608,
    )
    .option(
      "--engine <name>",
      `numeric engine: ${engineNames.join(", ")}`,
      oneOf("engine", engineNames),
      defaultEngine,
    )
    .option(...workerOptions.workers)
    .option(...workerOptions.threads)
    .option("--out <folder>", "folder of the results", defaults.out)
    .option(...forceOption)
    .option("--json", "print the answer as JSON") as unknown as Command<A, O & ConfirmOptions, G>;
