import { UsageError } from "../core/errors.ts";

/** Context lengths in tokens, both ends included; a point where low is high. */
interface TokenRange {
  readonly low: number;
  readonly high: number;
}

/** A score that a model's maker has published. */
interface PublishedScore {
  /** as `Task.published` names it */
  readonly benchmark: string;
  /** "f1", "mean ratio"; "other" where it compares with no other row */
  readonly metric: string;
  readonly model: string;
  /** the column's label, as published: "<128K", "256K", "4K-8K" */
  readonly column: string;
  /** the lengths that the label stands for */
  readonly tokens: TokenRange;
  /** 0 to 1 */
  readonly score: number;
  readonly note: string;
}

/** Tokens of "256K" or "1M" in the benchmark's own units: thousands for graph walks, 1,024 for MRCR. */
function tokensOf(benchmark: string, label: string): number {
  const match = /^(\d+)([KM])$/.exec(label);
  if (match === null)
    throw new UsageError(`no length in tokens: ${JSON.stringify(label)}; allowed: 128K, 1M`);
  const thousands = Number(match[1]) * (match[2] === "M" ? 1024 : 1);
  return thousands * (benchmark.startsWith("graphwalks") ? 1000 : 1024);
}

/**
 * The lengths that a published column stands for: `256K` a point, `<128K` all to it, `4K-8K` a range (`pooled` or not).
 *
 * @throws UsageError for another label
 */
export function columnTokens(benchmark: string, column: string): TokenRange {
  const label = column.replace(/ pooled$/, "");
  if (label.startsWith("<")) return { low: 0, high: tokensOf(benchmark, label.slice(1)) };
  const [low, high] = label.split("-").map((part) => tokensOf(benchmark, part));
  return { low: low!, high: high ?? low! };
}

const row = (
  benchmark: string,
  metric: string,
  model: string,
  column: string,
  percent: number,
  note = "",
): PublishedScore => ({
  benchmark,
  metric,
  model,
  column,
  tokens: columnTokens(benchmark, column),
  score: percent / 100,
  note,
});

/**
 * Published scores, as OpenAI's pages list them (those of Claude too); notes say which page, where two disagree.
 *
 * https://openai.com/index/introducing-gpt-5-2/, https://openai.com/index/introducing-gpt-5-4/,
 * https://openai.com/index/introducing-gpt-5-5/
 */
// prettier-ignore
export const published: readonly PublishedScore[] = [
  row("graphwalks-bfs", "f1", "GPT-5.2", "<128K", 94),
  row("graphwalks-bfs", "f1", "GPT-5.4", "<128K", 93),
  row("graphwalks-bfs", "f1", "GPT-5.4", "256K", 62.5, "as listed on the GPT-5.5 page"),
  row("graphwalks-bfs", "f1", "GPT-5.4", "1M", 9.4, "as listed on the GPT-5.5 page"),
  row("graphwalks-bfs", "other", "GPT-5.4", "256K-1M pooled", 21.4, "launch-page row; other metric or prompt; the article pairs it with GPT-5.5's 73.7"),
  row("graphwalks-bfs", "f1", "GPT-5.5", "256K", 73.7),
  row("graphwalks-bfs", "f1", "GPT-5.5", "1M", 45.4),
  row("graphwalks-parents", "f1", "GPT-5.4", "<128K", 89.8, "launch page says accuracy"),
  row("graphwalks-parents", "f1", "GPT-5.4", "256K", 82.8),
  row("graphwalks-parents", "f1", "GPT-5.4", "1M", 44.4),
  row("graphwalks-parents", "f1", "GPT-5.5", "256K", 90.1),
  row("graphwalks-parents", "f1", "GPT-5.5", "1M", 58.5),
  row("graphwalks-bfs", "f1", "Claude Opus 4.7", "256K", 76.9),
  row("graphwalks-parents", "f1", "Claude Opus 4.7", "256K", 93.6),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.2", "4K-8K", 98.2),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.2", "8K-16K", 89.3),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.2", "16K-32K", 95.3),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.2", "32K-64K", 92),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.2", "64K-128K", 85.6),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.2", "128K-256K", 77),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.4", "4K-8K", 97.3),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.4", "8K-16K", 91.4),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.4", "16K-32K", 97.2),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.4", "32K-64K", 90.5),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.4", "64K-128K", 86),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.4", "128K-256K", 79.3),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.4", "256K-512K", 57.5),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.4", "512K-1M", 36.6),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.5", "4K-8K", 98.1),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.5", "8K-16K", 93),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.5", "16K-32K", 96.5),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.5", "32K-64K", 90),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.5", "64K-128K", 83.1),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.5", "128K-256K", 87.5),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.5", "256K-512K", 81.5),
  row("mrcr-v2-8needle", "mean ratio", "GPT-5.5", "512K-1M", 74),
  row("mrcr-v2-8needle", "mean ratio", "Claude Opus 4.7", "128K-256K", 59.2, "as listed by OpenAI"),
  row("mrcr-v2-8needle", "mean ratio", "Claude Opus 4.7", "512K-1M", 32.2, "as listed by OpenAI"),
];
