import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../core/errors.ts";
import { writeAtomic } from "../../files/files.ts";
import { checkout, importFile } from "../../files/load.ts";
import { planOf } from "../../runs/plan.ts";
import { renderSvg } from "../../figures/svg.ts";
import type { Watch } from "../../runs/watch.ts";
import { version } from "../../version.ts";
import type { Chapter } from "./chapter.ts";
import { evidenceOf, trialsOf } from "./evidence.ts";
import { readExplanation } from "./explanation.ts";
import { htmlReport } from "./page.ts";
import { numbersCsv } from "./numbers.ts";
import type { SaidNumber } from "./numbers.ts";
import { markdownReport } from "./report.ts";
import type { ArticleReport } from "./report.ts";
import { readTextReader } from "./text-reader.ts";

const question = "What does the simulator say of each claim of the article?";

export interface ArticleOptions {
  /** true: trials in full numerics are added to those in the mean field */
  readonly full: boolean;
  readonly seed: number;
  /** ranking.csv of `attnsim explain`; without it the chapter on attention is shorter */
  readonly explained: string;
  /** changes.csv of the experiment article-reader; without it the chapter says nothing of keys that follow the text */
  readonly textReader: string;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  /** folder of the report */
  readonly out: string;
  /** write over a report of other trials */
  readonly force?: boolean | undefined;
}

/** The report and its files. */
export interface ArticleStudy {
  readonly answer: ArticleReport;
  /** paths of the page and of the Markdown */
  readonly files: readonly string[];
}

/**
 * Runs the trials of all chapters and writes the report.
 *
 * @throws UsageError outside a checkout; Unfinished when trials are missing
 */
export async function runArticle(options: ArticleOptions, watch: Watch): Promise<ArticleStudy> {
  const { full, seed, explained, workers, threads, out, force } = options;
  const chapters = await loadChapters();
  const plan = planOf("article", question, trialsOf(chapters, { full, seed }));
  const explanation = readExplanation(explained);
  const textReader = readTextReader(options.textReader, "GPT-5.5");
  const rows = await watch.trials(plan, { workers, threads, out, force, config: { full, seed } });
  const numbers: SaidNumber[] = [];
  const report: ArticleReport = {
    chapters: chapters.map((chapter) => ({
      name: chapter.name,
      title: chapter.title,
      ...chapter.tell(evidenceOf(chapter, { full, seed, rows, explanation, textReader }, numbers)),
    })),
    made: madeOf(options, rows.length, explanation !== undefined),
  };
  writeAtomic(join(out, "numbers.csv"), numbersCsv(numbers));
  return { answer: report, files: await writeReport(out, report) };
}

/** The chapters of the checkout. @throws UsageError when the program is an installed package */
async function loadChapters(): Promise<readonly Chapter[]> {
  const file = fileURLToPath(new URL("experiments/article/all.ts", checkout));
  if (!existsSync(file))
    throw new UsageError("the chapters are experiments of attnsim's repository, which is not here");
  const { chapters } = (await importFile(file)) as unknown as { readonly chapters: readonly Chapter[] };
  return chapters;
}

async function writeReport(out: string, report: ArticleReport): Promise<string[]> {
  for (const { name, figure } of report.chapters)
    if (figure) writeAtomic(join(out, `${name}.svg`), await renderSvg(figure));
  const [page, markdown] = [join(out, "report.html"), join(out, "report.md")];
  writeAtomic(markdown, markdownReport(report));
  writeAtomic(page, await htmlReport(report));
  return [page, markdown];
}

const madeOf = ({ full, seed }: ArticleOptions, trials: number, explained: boolean): string[] => [
  `attnsim ${version}, ${trials} trials, seed ${seed}: ${full ? "the mean field, and full numerics to 256K tokens" : "the mean field"}; intervals are 95%, over problems`,
  `the reader has its default parameters, and nothing is fitted${explained ? " unless the text names a fitted reader (attnsim calibrate, attnsim explain)" : ""}; docs/model.md defines it and says where it disagrees with published curves`,
  "published scores, the article's claims, the scores behind its leads and its prices are data files with their sources: data/README.md",
  "1M tokens are 1,024,000 in graph walks, whose dataset counts in thousands, and 1,048,576 elsewhere",
  "numbers.csv has every number that the text says, with the quantity it is of",
  "hardware numbers come from datasheets, which attnsim hardware show names",
];
