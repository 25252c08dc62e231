import { inMarkdown, markdownTable } from "../../core/markdown.ts";
import type { ArticleClaim } from "../../files/published.ts";
import { claimOf } from "./claims.ts";
import { claimVerdicts, disagrees, ruleTexts } from "../rules.ts";
import type { ClaimVerdict } from "../rules.ts";
import type { Finding, Told } from "./chapter.ts";

/** A chapter and its contents. */
export interface ToldChapter extends Told {
  readonly name: string;
  readonly title: string;
}

/** The report: its chapters, and sentences on how it was made. */
export interface ArticleReport {
  readonly chapters: readonly ToldChapter[];
  /** how the report was made, a sentence each */
  readonly made: readonly string[];
}

/** A claim with its finding. */
export interface ClaimRow extends Finding {
  readonly article: ArticleClaim;
  readonly chapter: ToldChapter;
}

export const title = "What an attention simulator says of the GPT-5.5 article";

export const lead = [
  "An article of April 2026 reads the launch numbers of GPT-5.5 beside GPT-5.4 and Claude Opus 4.7, derives gains, costs and latencies, and speculates about the causes: a new attention, hardware co-design, thinking before speaking.",
  "attnsim computes the arithmetic again, counts what can be counted, and looks up what only pages can tell. It simulates what attention and hardware can explain: how well each attention mechanism finds facts in up to a million tokens, and what it costs on NVIDIA's GB200 and GB300 racks. It runs no vendor's model. An effect of the right kind and size in the simulation is an existence argument; it is no evidence about GPT-5.5.",
];

export const meaning: Readonly<Record<ClaimVerdict, string>> = {
  contradicted: "the numbers say otherwise",
  unsupported: "the numbers at hand do not show it",
  plausible: "the simulation shows an effect of this kind and size",
  "arithmetic holds": "the figure follows from the article's own numbers, which nothing here measures",
  "reported elsewhere": "other pages say the same; a simulator cannot check it",
  "out of reach": "nothing here can tell",
};

export const rowsOf = (chapters: readonly ToldChapter[]): ClaimRow[] =>
  chapters.flatMap((chapter) =>
    chapter.findings.map((finding) => ({ ...finding, article: claimOf(finding.claim), chapter })),
  );

/** The claims that the numbers disagree with, the contradicted ones first. */
export const disagreements = (rows: readonly ClaimRow[]): ClaimRow[] =>
  claimVerdicts.filter(disagrees).flatMap((verdict) => rows.filter((row) => row.verdict === verdict));

/** Where the simulation departs from what is known, a sentence each. */
export const departuresOf = (chapters: readonly ToldChapter[]): string[] => {
  const found = chapters.flatMap(({ departures = [] }) => departures);
  return found.length === 0 ? ["Nowhere beyond the intervals."] : found;
};

export const countOf = (rows: readonly ClaimRow[], verdict: ClaimVerdict): number =>
  rows.filter((row) => row.verdict === verdict).length;

/** Numbers of a claim as the article prints them: `21.4% to 73.7%, 3.4x`. */
export function numbersOf({ value_before: before, value_after: after, derived, unit }: ArticleClaim): string {
  const shown = (value: string): string => {
    const grouped = /^\d{4,}$/.test(value) ? Number(value).toLocaleString("en") : value;
    return unit === "percent" ? `${grouped}%` : unit.startsWith("USD") ? `$${grouped}` : grouped;
  };
  const what = unit.replace(/^percent$|^USD ?/, "");
  const values = before === after ? [before] : [before, after];
  return [
    before === "" ? "" : `${values.map(shown).join(" to ")} ${what}`.trim(),
    derived.replace(" percent", "%"),
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** A claim with its numbers in the article, if it has any: `Input price (in the article $2.50 to $5.00 per 1M tokens, x2)`. */
function headOf(article: ArticleClaim): string {
  const numbers = numbersOf(article);
  return numbers === "" ? article.claim : `${article.claim} (in the article ${numbers})`;
}

const findingLine = ({ claim, verdict, says }: Finding): string =>
  `- **${verdict}**: ${inMarkdown(`${headOf(claimOf(claim))}. ${says}`)}`;

/** The report in Markdown. Its figures are in files beside it. */
export function markdownReport({ chapters, made }: ArticleReport): string {
  const rows = rowsOf(chapters);
  return `${[
    `# ${title}`,
    ...lead.map(inMarkdown),
    "## Where the numbers disagree with the article",
    disagreements(rows)
      .map((row) => findingLine(row))
      .join("\n"),
    "## Where the simulation disagrees with published scores, or with itself",
    departuresOf(chapters)
      .map((line) => `- ${inMarkdown(line)}`)
      .join("\n"),
    "## The verdicts",
    claimVerdicts
      .map((verdict) => `- **${verdict}** (${countOf(rows, verdict)}): ${meaning[verdict]}`)
      .join("\n"),
    "## The claims",
    markdownTable(
      ["claim", "in the article", "verdict", "chapter"],
      rows.map(({ article, verdict, chapter }) => [
        article.claim,
        numbersOf(article),
        verdict,
        chapter.title,
      ]),
    ),
    ...chapters.flatMap((chapter) => [
      `## ${inMarkdown(chapter.title)}`,
      chapter.findings.map((finding) => findingLine(finding)).join("\n"),
      ...chapter.text.map(inMarkdown),
      ...(chapter.tables ?? []).flatMap(({ caption, titles, rows: own }) => [
        ...(caption === undefined ? [] : [`${inMarkdown(caption)}:`]),
        markdownTable(titles, own),
      ]),
      ...(chapter.figure ? [`![${inMarkdown(chapter.title)}](${chapter.name}.svg)`] : []),
      ...(chapter.sources
        ? [chapter.sources.map((each) => `- [${inMarkdown(each.title)}](${each.url})`).join("\n")]
        : []),
    ]),
    "## The rules that judge",
    "Every verdict, and every word that compares numbers, is made from them by one of these rules.",
    ruleTexts.map((line) => `- ${line}`).join("\n"),
    "## How this was made",
    made.map((line) => `- ${line}`).join("\n"),
  ].join("\n\n")}\n`;
}
