import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { publishedScore } from "../tasks/published.ts";
import type { PublishedScore } from "../tasks/published.ts";
import { readText } from "./files.ts";

/** Path of a file of data/, of the sources as of the built program. */
export const dataPath = (file: string): string =>
  fileURLToPath(
    new URL(`${import.meta.url.endsWith(".ts") ? "../.." : "../../.."}/data/${file}`, import.meta.url),
  );

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
