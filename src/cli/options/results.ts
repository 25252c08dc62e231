import type { Command, CommandUnknownOpts } from "@commander-js/extra-typings";
import { setSafeCells } from "../../files/formula-cells.ts";

/** `--reference`: the variant that others are compared with. */
export const referenceOption = [
  "--reference <variant>",
  "table and figure of each variant's difference from this one on the same problems: dense",
] as const;

/** Allows to write over results. */
export const forceOption = ["--force", "overwrite results of another question, and edited results"] as const;

/** `--parquet`: results for tools that read Parquet. */
export const parquetOption = [
  "--parquet",
  "write each CSV as Parquet too, with the same columns and types",
] as const;

/**
 * Adds the option for cells that a spreadsheet would run, to a command that writes CSV files: one with --csv or with
 * `forceOption`, which commands that write results have.
 */
export function withSafeCsv(command: CommandUnknownOpts): void {
  if (!command.options.some(({ long, description }) => long === "--csv" || description === forceOption[1]))
    return;
  command
    .option(
      "--safe-csv",
      "put an apostrophe before texts that a spreadsheet would run as formulas: those that begin with = + - @",
    )
    .hook("preAction", () => {
      setSafeCells(command.getOptionValue("safeCsv") === true);
      // no part of what is asked
      command.setOptionValue("safeCsv", undefined);
    });
}

/** Values of the options that write results. */
export interface ResultOptions {
  out?: string;
  force?: true;
  parquet?: true;
  dryRun?: true;
  json?: true;
}

/** Adds the options of an experiment that computes or measures. */
export const withResultOptions = <A extends unknown[], O extends Record<string, unknown>>(
  command: Command<A, O>,
): Command<A, O & ResultOptions> =>
  (command as unknown as Command)
    .option("--out <folder>", "folder of the results")
    .option(...forceOption)
    .option(...parquetOption)
    .option("--dry-run", "print the number of rows to compute, and stop")
    .option("--json", "print the tables as JSON") as unknown as Command<A, O & ResultOptions>;
