import { join } from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { runArticle } from "../../studies/article/run.ts";
import { forceOption } from "../options/results.ts";
import { claimVerdicts } from "../../studies/rules.ts";
import { integer } from "../options/values.ts";
import { workerOptions } from "../options/workers.ts";
import { watch } from "../print/watch.ts";
import { print, printError } from "../print/print.ts";

const notes = `
Numbers decide the verdict on every claim of data/article-claims.csv, by the rules that the report names:
${claimVerdicts.join(", ")}.
report.html is one page that needs no network. report.md has its figures in files beside it. data.csv holds the trials,
numbers.csv every number that the report says.

  attnsim article
  attnsim article --full --out results/article`;

/** `attnsim article`: the claims of the article, one by one. */
export default function articleCommand(command: Command): void {
  command
    .option("--full", "add full numerics up to 256K tokens to the mean field: half an hour on two cores")
    .option("--out <folder>", "folder of the report", join("results", "local", "article"))
    .option(...forceOption)
    .option(
      "--explained <file>",
      "ranking.csv of attnsim explain; without it the chapter on attention is shorter",
      join("results", "explain", "ranking.csv"),
    )
    .option(
      "--text-reader <file>",
      "changes.csv of experiments/article-reader.ts, whose keys follow the text; without it that chapter does not name it",
      join("results", "article-reader", "changes.csv"),
    )
    .option("--seed <n>", "seed of the trials", integer(0), 0)
    .option(...workerOptions.workers)
    .option(...workerOptions.threads)
    .option("--json", "print the verdicts as JSON")
    .addHelpText("after", notes)
    .action(async ({ full = false, json, ...options }) => {
      const { answer, files } = await runArticle({ full, ...options }, watch);
      const findings = answer.chapters.flatMap((chapter) => chapter.findings);
      print(
        json
          ? JSON.stringify({ report: files[0], findings }, null, 2)
          : findings.map(({ claim, verdict, says }) => `${verdict.padEnd(18)}  ${claim}: ${says}`).join("\n"),
      );
      for (const file of files) printError(file);
    });
}
