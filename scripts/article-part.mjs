// The report of the article as data for the page: the committed trials of results/article, told by the chapters.
import { fileURLToPath } from "node:url";
import { readTrialRows } from "../dist/src/files/csv.js";
import { importFile } from "../dist/src/files/load.js";
import { readManifest } from "../dist/src/runs/manifest.js";
import { evidenceOf } from "../dist/src/studies/article/evidence.js";
import { readExplanation } from "../dist/src/studies/article/explanation.js";
import { lead, meaning, numbersOf, rowsOf, title } from "../dist/src/studies/article/report.js";

const path = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

/** The report: its title, verdicts with their meanings, and chapters with findings, paragraphs, tables and figures. */
export async function articlePart() {
  const { chapters } = await importFile(path("experiments/article/all.ts"));
  const rows = readTrialRows(path("results/article/data.csv"));
  const explanation = readExplanation(path("results/explain/ranking.csv"));
  const { config } = readManifest(path("results/article"));
  const told = chapters.map((chapter) => ({
    name: chapter.name,
    title: chapter.title,
    ...chapter.tell(evidenceOf(chapter, { ...config, rows, explanation })),
  }));
  const claims = rowsOf(told).map(({ claim, verdict, says, article, chapter }) => ({
    claim,
    verdict,
    says,
    text: article.claim,
    numbers: numbersOf(article),
    chapter: chapter.name,
  }));
  const parts = told.map(({ name, title: heading, text, departures = [], tables = [], figure }) => ({
    name,
    title: heading,
    text,
    departures,
    tables,
    ...(figure && { figure }),
  }));
  return { title, lead, meaning, claims, chapters: parts };
}
