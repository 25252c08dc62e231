import { Random } from "../core/random.ts";
import { bootstrapMean, mean, wilson } from "../core/stats.ts";
import type { Interval } from "../core/stats.ts";
import type { NamedProblem } from "../tasks/named-problem.ts";
import { version } from "../version.ts";
import { trialRow } from "./columns.ts";
import type { TrialRow } from "./columns.ts";

/** The row of a real model's response: the columns of a simulated trial that a response can fill. */
export function responseRow(named: NamedProblem, response: string, model: string): TrialRow {
  const { id, task, tokensNominal, seed, index, problem } = named;
  const { score, exact } = problem.score(response);
  return trialRow({
    id,
    task: task.spec,
    benchmark: task.task.published?.(task.params) ?? task.spec,
    variant: model,
    tokensNominal,
    tokens: problem.tokens,
    seed,
    trial: index,
    score,
    exact,
    fits: true,
    version,
  });
}

/** Means of scored rows with 95% intervals: by bootstrap for the score, by Wilson's formula for exact answers. */
export interface ScoreSummary {
  /** number of rows */
  readonly rows: number;
  /** mean score, 0 to 1 */
  readonly score: number;
  readonly scoreInterval: Interval;
  /** share of exact answers */
  readonly exact: number;
  readonly exactInterval: Interval;
}

/** Summarises scored rows. */
export function scoreSummary(rows: readonly TrialRow[]): ScoreSummary {
  const scores = rows.map(({ score }) => Number(score));
  const exact = rows.filter((row) => row.exact === true).length;
  return {
    rows: rows.length,
    score: mean(scores),
    scoreInterval: bootstrapMean(scores, new Random("score")),
    exact: exact / rows.length,
    exactInterval: wilson(exact, rows.length),
  };
}
