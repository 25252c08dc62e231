import type { Command, OptionValues } from "@commander-js/extra-typings";
import type { RowFiles } from "../../runs/write-rows.ts";
import type { Fields } from "./values.ts";

/** Adds the options that write a table to files. */
export function outputOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<RowFiles>> {
  command
    .option("--csv <file>", "write the rows, with all columns, as CSV")
    .option("--figure <file>", "draw the rows: .svg or .png");
  return command;
}

/** Value of the option that varies a quantity of the systems. */
export interface SweepOption {
  readonly sweep?: string | undefined;
}

/** Adds the options of tables about models on racks: files, and a quantity that is varied. */
export function rackTableOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<RowFiles & SweepOption>> {
  outputOptions(command).option(
    "--sweep <path=values>",
    "a quantity of the systems at several values, with the change beside it: gpu.nvlink=50%,100%,200%",
  );
  return command;
}
