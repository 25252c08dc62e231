import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { publishedScore } from "../tasks/published.ts";
import type { PublishedScore } from "../tasks/published.ts";
import { readText } from "./files.ts";
import { checkout } from "./load.ts";

/** Path of a file of data/. */
export const dataPath = (file: string): string => fileURLToPath(new URL(`data/${file}`, checkout));

/** Rows of a CSV file of data/; `C` names its columns. */
const dataRows = <C extends string>(file: string): Readonly<Record<C, string>>[] =>
  parse(readText(dataPath(file)), { columns: true, skip_empty_lines: true });

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

/** Scores that the makers of models have published: data/published-scores.csv. */
export const publishedScores = once((): readonly PublishedScore[] =>
  dataRows<"benchmark" | "metric" | "model" | "column" | "score_percent" | "note">(
    "published-scores.csv",
  ).map(publishedScore),
);

/** A claim of the article: two values, and what it derives from them, as printed; empty for none. */
export type ArticleClaim = Readonly<
  Record<"id" | "claim" | "value_before" | "value_after" | "derived" | "unit" | "kind", string>
>;

/** The claims of the article: data/article-claims.csv. */
export const articleClaims = once((): readonly ArticleClaim[] => dataRows("article-claims.csv"));

/** Scores that the article's leads derive from, and pages that quote them: data/model-scores.csv. */
export const modelScores = once(() =>
  dataRows<"claim" | "benchmark" | "model" | "score_percent" | "source">("model-scores.csv"),
);
