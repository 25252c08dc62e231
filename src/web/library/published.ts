import scores from "../../../data/published-scores.csv?raw";
import { parseCsv } from "../../files/csv-text.ts";
import { publishedScore } from "../../tasks/published.ts";

/** Scores that the makers of models have published. */
export const published = parseCsv(scores, "published-scores.csv", [
  "benchmark",
  "metric",
  "model",
  "column",
  "score_percent",
  "note",
]).map(publishedScore);
