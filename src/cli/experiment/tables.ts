import { claimFolder } from "../../runs/claim.ts";
import { writeParquet } from "../../runs/parquet.ts";
import { writeTables } from "../../runs/tables.ts";
import { version } from "../../version.ts";
import { withResultOptions } from "../options/results.ts";
import { watch } from "../print/watch.ts";
import { formatFindings } from "./findings.ts";
import type { Findings } from "./findings.ts";
import { resultsFolder } from "./experiment.ts";
import type { Answer } from "./experiment.ts";
import { print, printError } from "../print/print.ts";

/** Arguments of the function that computes the tables. */
export interface TablesContext {
  /** true for the whole question, false for a part that takes a minute */
  readonly full: boolean;
  /** Moves the progress bar by one row. */
  readonly onStep: () => void;
}

/** The tables that answer a question. */
export interface TablesOptions {
  /** number of rows, for the progress bar */
  readonly steps: (full: boolean) => number;
  readonly make: (context: TablesContext) => Findings;
}

/** Answers a question with computed tables, without trials. */
export const tables = ({ steps, make }: TablesOptions): Answer => ({
  define(program, { name, question }) {
    withResultOptions(program).action(
      async ({ full = false, out = resultsFolder(name, full), json, dryRun, force, parquet }) => {
        const count = steps(full);
        if (dryRun) {
          print(`${count} rows for ${out}`);
          return;
        }
        claimFolder(out, { name, config: { full }, force });
        const found = watch.steps(count, "rows", (onStep) => make({ full, onStep }));
        const { findings, assumptions } = found;
        const paths = await writeTables(out, {
          name,
          question,
          tables: found.tables,
          figures: found.figures,
          manifest: { config: { full }, findings, assumptions, versions: { attnsim: version } },
        });
        if (parquet) writeParquet(out);
        print(formatFindings(found, json === true));
        for (const path of paths) printError(path);
      },
    );
  },
});
