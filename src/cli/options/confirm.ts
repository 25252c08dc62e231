import type { Command } from "@commander-js/extra-typings";
import { withNumericsOptions } from "./numerics.ts";
import type { NumericsOptions } from "./numerics.ts";
import { integer, tokenCount } from "./values.ts";

/** Values of the options of a study that full numerics confirm. */
export interface ConfirmOptions extends NumericsOptions {
  confirmTrials: number;
  confirmTokens: number;
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
  withNumericsOptions(
    (command as unknown as Command)
      .option("--confirm-trials <n>", "trials of each column with full numerics", integer(1), defaults.trials)
      .option(
        "--confirm-tokens <tokens>",
        "most tokens of a column's trials; three trials always run",
        tokenCount,
        8_388_608,
      ),
    defaults.out,
  ) as unknown as Command<A, O & ConfirmOptions, G>;
