import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { writeTables } from "../runs/tables.ts";
import type { ResultTable } from "../runs/tables.ts";
import { version } from "../version.ts";
import { exitCodeOf } from "./exit.ts";
import { startProgress } from "./print/progress.ts";
import type { Cell } from "./print/table.ts";
import { formatTable } from "./print/table.ts";

/** What came out of an experiment whose rows are worked out and not drawn one by one as trials. */
export interface Computed {
  readonly tables: readonly ResultTable[];
  /** Vega-Lite specifications by the names of their files */
  readonly figures: Readonly<Record<string, object>>;
  /** what the rows say, a sentence each */
  readonly findings: readonly string[];
  /** what was assumed */
  readonly assumptions: readonly string[];
}

export interface ComputedExperiment {
  /** name of its folder in results/ */
  readonly name: string;
  readonly question: string;
  /** rows that `answer` says are done, for the progress bar */
  readonly steps: (full: boolean) => number;
  readonly answer: (full: boolean, onStep: () => void) => Computed;
}

/** Runs such an experiment as the program that this script is: reads the command line, sets the exit code. */
export async function computed({ name, question, steps, answer }: ComputedExperiment): Promise<void> {
  const program = new Command(name)
    .description(question)
    .exitOverride()
    .option(
      "--full",
      `ask the whole question, into results/${name}; a part of it, into results/local/${name}, when absent`,
    )
    .option("--out <folder>", "folder of the results")
    .option("--json", "print the tables as JSON")
    .action(async ({ full = false, out, json }) => {
      const progress = startProgress(steps(full), steps(full), "rows");
      let found: Computed;
      try {
        found = answer(full, () => progress.advance(1));
      } finally {
        progress.stop();
      }
      const { tables, figures, findings, assumptions } = found;
      const folder = out ?? join("results", ...(full ? [] : ["local"]), name);
      const manifest = { config: { full }, findings, assumptions, versions: { attnsim: version } };
      const paths = await writeTables(folder, { name, question, tables, figures, manifest });
      console.log(
        json
          ? JSON.stringify(
              {
                ...Object.fromEntries(tables.map((table) => [table.name, table.rows])),
                findings,
                assumptions,
              },
              null,
              2,
            )
          : [...tables.map(layOut), listOf("found", findings), listOf("assumed", assumptions)].join("\n\n"),
      );
      for (const path of paths) console.error(path);
    });
  process.exitCode = await exitCodeOf(() => program.parseAsync());
}

const listOf = (title: string, lines: readonly string[]): string =>
  [`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n");

const layOut = ({ title, columns, rows }: ResultTable): string =>
  `${title}\n${formatTable(
    columns.map(({ name }) => name),
    rows.map((row) => columns.map(({ name }): Cell => cellOf(row[name]))),
  )}`;

const cellOf = (value: string | number | boolean | null | undefined): Cell =>
  typeof value === "number"
    ? Number(value.toPrecision(4))
    : value === undefined || value === null
      ? null
      : String(value);
