import { UsageError } from "../core/errors.ts";

/** Context lengths in tokens, both ends included. */
interface LengthRange {
  readonly low: number;
  readonly high: number;
}

/** A score that a model's maker has published. */
export interface PublishedScore {
  /** name that `Task.published` gives it */
  readonly benchmark: string;
  /** "f1", "mean ratio"; "other" for a score that compares with no other row */
  readonly metric: string;
  readonly model: string;
  /** the column's label, as published: "<128K", "256K", "4K-8K" */
  readonly column: string;
  /** the lengths that the label stands for */
  readonly tokens: LengthRange;
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
 * Lengths that a published column stands for: `256K` one length, `<128K` all up to it, `4K-8K` a range (`pooled` or not).
 *
 * @throws UsageError for another label
 */
export function columnTokens(benchmark: string, column: string): LengthRange {
  const label = column.replace(/ pooled$/, "");
  if (label.startsWith("<")) return { low: 0, high: tokensOf(benchmark, label.slice(1)) };
  const [low, high] = label.split("-").map((part) => tokensOf(benchmark, part));
  return { low: low!, high: high ?? low! };
}

/** A row of published-scores.csv as the file writes it. */
type PublishedRow = Readonly<
  Record<"benchmark" | "metric" | "model" | "column" | "score_percent" | "note", string>
>;

/**
 * A published score from its row.
 *
 * @throws UsageError for a column that stands for no length
 */
export const publishedScore = ({ score_percent, ...row }: PublishedRow): PublishedScore => ({
  ...row,
  tokens: columnTokens(row.benchmark, row.column),
  score: Number(score_percent) / 100,
});
