import type { Command } from "@commander-js/extra-typings";
import { runPublished } from "../../studies/published/run.ts";
import { forceOption } from "../options/results.ts";
import { collect } from "../options/values.ts";
import { workerOptions } from "../options/workers.ts";
import { formatPublished } from "../print/published.ts";
import { printStudy } from "../print/study.ts";
import { watch } from "../print/watch.ts";
import { printError } from "../print/print.ts";

const notes = `
Golden checks are computed each time: a variant runs and an engine counts what it reads, or, where the verdict says
arithmetic, a formula is evaluated. Trends are experiments; the rules in experiments/published judge their results in the
folder. "contradicted" means that our numbers do not show what was published; the sentence below the table says which. "not
run" means that there are no results.

Examples:
  $ attnsim published
  $ attnsim published --run quest-passkey
  $ attnsim published --json`;

/** `attnsim published`: published numbers and trends beside the simulator's. */
export default function publishedCommand(command: Command): void {
  command
    .option(
      "--run <name>",
      'trends to run first, or "all"; more with commas or again; finished trials are kept',
      collect,
    )
    .option(
      "--results <folder>",
      "folder that holds one folder of results for each trend (default: results/published of the checkout; with --run, results/local/published)",
    )
    .option(...forceOption)
    .option(...workerOptions.workers)
    .option(...workerOptions.threads)
    .option("--json", "print JSON")
    .addHelpText("after", notes)
    .action(async ({ json, ...options }) => {
      const { answer, hasTrends, files } = await runPublished(options, watch);
      if (!hasTrends)
        printError(
          "trends are experiments of attnsim's repository, which is not here; only golden checks are shown",
        );
      printStudy({ answer, files }, json, formatPublished);
    });
}
