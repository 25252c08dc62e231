import type { Command } from "@commander-js/extra-typings";

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
