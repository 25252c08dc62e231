import { fileURLToPath } from "node:url";
import { publishedScore } from "../tasks/published.ts";
import type { PublishedScore } from "../tasks/published.ts";
import { readCsv } from "./csv.ts";
import { checkout } from "./load.ts";

/** Path of a file in data/. */
export const dataPath = (file: string): string => fileURLToPath(new URL(`data/${file}`, checkout));

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

/** Scores that the makers of models have published: data/published-scores.csv. */
export const publishedScores = once((): readonly PublishedScore[] =>
  readCsv(dataPath("published-scores.csv"), [
    "benchmark",
    "metric",
    "model",
    "column",
    "score_percent",
    "note",
  ]).map(publishedScore),
);

const claimColumns = ["id", "claim", "value_before", "value_after", "derived", "unit", "kind"] as const;

/** A claim of the article: two values and the value derived from them, as printed. A value that it lacks is empty. */
export type ArticleClaim = Readonly<Record<(typeof claimColumns)[number], string>>;

/** The claims of the article: data/article-claims.csv. */
export const articleClaims = once((): readonly ArticleClaim[] =>
  readCsv(dataPath("article-claims.csv"), claimColumns),
);

/** Scores from which the article derives the leads of models, with the pages that quote them: data/model-scores.csv. */
export const modelScores = once(() =>
  readCsv(dataPath("model-scores.csv"), ["claim", "benchmark", "model", "score_percent", "source"]),
);

const factColumns = ["claim", "states", "value_before", "value_after", "agrees", "note", "source"] as const;

/** A statement of a page other than the article about one of its claims; `agrees` is yes, no, or empty for a number. */
export type ArticleFact = Readonly<Record<(typeof factColumns)[number], string>>;

/** Statements of other pages about the article's claims: data/article-facts.csv. */
export const articleFacts = once((): readonly ArticleFact[] =>
  readCsv(dataPath("article-facts.csv"), factColumns),
);
