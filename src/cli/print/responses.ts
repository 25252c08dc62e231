import { groupBy } from "../../core/group.ts";
import { formatMean } from "../../core/units.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { scoreSummary } from "../../trial/response.ts";
import type { ScoreSummary } from "../../trial/response.ts";
import { formatTable } from "./table.ts";

/** Means of a task at a length. */
export interface ResponseMeans extends ScoreSummary {
  readonly task: string;
  readonly tokensNominal: number;
}

/** Means by task and length. */
export const responseMeans = (rows: readonly TrialRow[]): ResponseMeans[] =>
  [...groupBy(rows, ({ task, tokensNominal }) => `${task} ${tokensNominal}`).values()].map((group) => ({
    task: group[0]!.task,
    tokensNominal: group[0]!.tokensNominal,
    ...scoreSummary(group),
  }));

/** A table of rows, then one of means with their 95% intervals, or with the range of few scores. */
export const formatResponses = (rows: readonly TrialRow[], means: readonly ResponseMeans[]): string =>
  [
    formatTable(
      ["id", "tokens", "score", "exact"],
      rows.map((row) => [row.id, row.tokens, row.score!.toFixed(4), String(row.exact)]),
    ),
    formatTable(
      ["task", "tokens", "n", "score", "exact"],
      means.map(({ task, tokensNominal, score, exact }) => [
        task,
        tokensNominal,
        score.trials,
        formatMean(score),
        formatMean(exact),
      ]),
    ),
  ].join("\n\n");
