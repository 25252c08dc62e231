import { readCsv } from "../../src/files/csv.ts";
import { formatMean, formatShare } from "../../src/core/units.ts";
import { fileURLToPath } from "node:url";
import { table } from "./markdown.ts";
import { cellsOf } from "./results/data.ts";

/** The command whose output these blocks are made of. */
export const publishedCommand = "npx attnsim published --json";

interface Cited {
  readonly title: string;
  readonly url: string;
  readonly where?: string;
}

interface Check {
  readonly name: string;
  readonly by: string;
  readonly published: number;
  readonly ours: number;
  readonly unit: string;
  readonly source: Cited;
}

interface TrendVerdict {
  readonly name: string;
  readonly verdict: string;
  readonly published: string;
  readonly sentence: string;
  readonly rule: string;
  readonly note: string;
  readonly sources: readonly Cited[];
}

const parsed = (
  out: string,
): { readonly checks: readonly Check[]; readonly trends: readonly TrendVerdict[] } =>
  JSON.parse(out) as { checks: Check[]; trends: TrendVerdict[] };

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const link = ({ title, url, where }: Cited): string =>
  `[${title}](${url})${where === undefined ? "" : `, ${where}`}`;

/** Published trends of a verdict, one a paragraph. */
export const trendsBy =
  (wanted: (verdict: string) => boolean) =>
  (out: string): string =>
    parsed(out)
      .trends.filter(({ verdict }) => wanted(verdict))
      .map(
        ({ name, published, sentence: own, rule, note, sources }) =>
          `- **${name}** ([results](../results/published/${name})). Published: ${published}. Here: ${own} Reproduced if ${rule}. Limits: ${note}. Source: ${link(sources[0]!)}.`,
      )
      .join("\n");

/** Numbers that sources print, beside ours. */
export const checksTable = (out: string): string =>
  table({
    titles: ["number", "by", "published", "here", "source"],
    rows: parsed(out).checks.map(({ name, by, published, ours, unit, source }) => [
      sentence(name),
      by,
      `${published} ${unit}`,
      `${Number(ours.toPrecision(5))} ${unit}`,
      link(source),
    ]),
  });

/** Columns of MRCR as published, and the lengths of results/length-sweep at their upper edges. */
const bins = {
  "4K-8K": "8K",
  "8K-16K": "16K",
  "16K-32K": "32K",
  "32K-64K": "64K",
  "64K-128K": "128K",
  "128K-256K": "256K",
  "256K-512K": "512K",
  "512K-1M": "1M",
};

/** Eight identical requests by length: variants of the reader, and published scores of models. */
export function requestsTable(): string {
  const requests = cellsOf("length-sweep", "mrcr-v2-8needle");
  const file = fileURLToPath(new URL("../../data/published-scores.csv", import.meta.url));
  const published = readCsv(file, ["benchmark", "model", "column", "score_percent"]);
  const of = (model: string, column: string): string => {
    const row = published.find(
      (one) => one.benchmark === "mrcr-v2-8needle" && one.model === model && one.column === column,
    );
    if (row === undefined) throw new Error(`data/published-scores.csv has no ${model}, ${column}`);
    return formatShare(Number(row.score_percent) / 100);
  };
  return table({
    titles: ["eight requests, up to", ...Object.values(bins)],
    rows: [
      ...["dense", "dsa", "oracle"].map((variant) => [
        variant,
        ...Object.values(bins).map((length) => formatMean(requests(variant, length))),
      ]),
      ...["GPT-5.4", "GPT-5.5"].map((model) => [
        `${model}, published`,
        ...Object.keys(bins).map((column) => of(model, column)),
      ]),
    ],
  });
}
