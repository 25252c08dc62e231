import { groupBy } from "../../core/group.ts";
import type { Interval } from "../../core/stats.ts";
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

/** A table of rows, then one of means. */
export const formatResponses = (rows: readonly TrialRow[], means: readonly ResponseMeans[]): string =>
  [
    formatTable(
      ["id", "tokens", "score", "exact"],
      rows.map((row) => [row.id, row.tokens, row.score!.toFixed(4), String(row.exact)]),
    ),
    formatTable(
      ["task", "tokens", "rows", "score", "95% interval", "exact", "95% interval"],
      means.map((mean) => [
        mean.task,
        mean.tokensNominal,
        mean.rows,
        mean.score.toFixed(3),
        interval(mean.scoreInterval),
        mean.exact.toFixed(3),
        interval(mean.exactInterval),
      ]),
    ),
  ].join("\n\n");

const interval = ({ low, high }: Interval): string => `[${low.toFixed(3)} ${high.toFixed(3)}]`;
