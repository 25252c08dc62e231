import { integerColumn, numberColumn } from "../../core/table.ts";
import { meanFieldScore } from "../../trial/mean-field-score.ts";

export const scoreColumns = [
  numberColumn("search", "mean F1 of breadth-first searches at 1M tokens, mean field"),
  numberColumn("searchLow", "lower end of its 95% interval"),
  numberColumn("searchHigh", "upper end"),
  integerColumn("trials", "trials of each of the two tasks"),
  numberColumn("requests", "mean score of eight identical requests at 1M tokens, mean field"),
];

/** Mean-field scores of a variant at 1M tokens: a search, and a count of identical requests. */
export function scoresOf(variant: string, problems: number) {
  const score = (task: string) => meanFieldScore({ task, variant, tokens: "1M" }, problems);
  const [search, requests] = [score("graphwalks(operation=bfs)"), score("mrcr(needles=8)")];
  return {
    search: search.mean,
    searchLow: search.low,
    searchHigh: search.high,
    trials: search.trials,
    requests: requests.mean,
  };
}
