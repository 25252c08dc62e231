import type { Command } from "@commander-js/extra-typings";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../core/errors.ts";
import { evidenceOf, trialsOf } from "../../studies/article/evidence.ts";
import type { Chapter } from "../../studies/article/chapter.ts";
import { readExplanation } from "../../studies/article/explanation.ts";
import { htmlReport, markdownReport } from "../../studies/article/report.ts";
import type { Report } from "../../studies/article/report.ts";
import { writeAtomic } from "../../files/files.ts";
import { renderSvg } from "../../runs/render.ts";
import { checkout, importFile } from "../../files/load.ts";
import { planOf } from "../../runs/plan.ts";
import { version } from "../../version.ts";
import { watch } from "../print/watch.ts";
import { integer } from "../options/values.ts";

const notes = `
Every claim of data/article-claims.csv gets a verdict: reproduced, plausible, contradicted, out of reach. report.html is
one page that needs no network; report.md has its figures as files beside it; data.csv holds the trials.

  attnsim article
  attnsim article --full --out results/article`;

const question = "What does the simulator say of each claim of the article?";

/** `attnsim article`: the claims of the article, one by one. */
export default function articleCommand(command: Command): void {
  command
    .option("--full", "full numerics beside theory, up to 256K tokens: half an hour on two cores")
    .option("--out <folder>", "folder of the report", join("results", "local", "article"))
    .option(
      "--explained <file>",
      "ranking.csv of attnsim explain; the chapter on attention does without it where it is not there",
      join("results", "explain", "ranking.csv"),
    )
    .option("--seed <n>", "seed of the trials", integer(0), 0)
    .option(
      "--workers <n>",
      "trials run side by side; as many as cores and memory allow when absent",
      integer(1),
    )
    .option("--threads <n>", "kernel threads of a worker; the cores left when absent", integer(1))
    .option("--json", "print the verdicts as JSON")
    .addHelpText("after", notes)
    .action(async ({ full = false, out, seed, explained, json, ...options }) => {
      const chapters = await loadChapters();
      const plan = planOf("article", question, trialsOf(chapters, full, seed));
      const rows = await watch.trials(plan, { ...options, out, config: { full, seed } });
      const explanation = readExplanation(explained);
      const told = chapters.map((chapter) => ({
        ...{ name: chapter.name, title: chapter.title },
        ...chapter.tell(evidenceOf(chapter, full, seed, rows, explanation)),
      }));
      await writeReport(out, {
        chapters: told,
        made: madeOf(full, seed, rows.length, explanation !== undefined),
      });
      const findings = told.flatMap((chapter) => chapter.findings);
      console.log(
        json
          ? JSON.stringify({ report: join(out, "report.html"), findings }, null, 2)
          : findings.map(({ claim, verdict, says }) => `${verdict.padEnd(12)}  ${claim}: ${says}`).join("\n"),
      );
      for (const file of ["report.html", "report.md"]) console.error(join(out, file));
    });
}

/** The chapters of the checkout. @throws UsageError where the program is an installed package */
async function loadChapters(): Promise<Chapter[]> {
  const file = fileURLToPath(new URL("experiments/article/all.ts", checkout));
  if (!existsSync(file))
    throw new UsageError("the chapters are experiments of attnsim's repository, which is not here");
  const { chapters } = (await importFile(file)) as unknown as { readonly chapters: readonly Chapter[] };
  return [...chapters];
}

async function writeReport(out: string, report: Report): Promise<void> {
  for (const { name, figure } of report.chapters)
    if (figure) writeAtomic(join(out, `${name}.svg`), await renderSvg(figure));
  writeAtomic(join(out, "report.md"), markdownReport(report));
  writeAtomic(join(out, "report.html"), await htmlReport(report));
}

const madeOf = (full: boolean, seed: number, trials: number, explained: boolean): string[] => [
  `attnsim ${version}, ${trials} trials, seed ${seed}: ${full ? "mean-field theory, and full numerics to 256K tokens" : "mean-field theory"}; intervals are 95%, bootstrap over trials`,
  `the reader has its default parameters, and nothing is fitted${explained ? " but where a fitted reader is named (attnsim calibrate, attnsim explain)" : ""}; docs/model.md defines it and says where it disagrees with published curves`,
  "published scores, the article's claims, the scores its leads derive from and its prices are data files with their sources: data/README.md",
  "hardware numbers carry their datasheets: attnsim hardware show",
];
