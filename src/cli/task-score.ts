import { UsageError } from "../core/errors.ts";
import { Random } from "../core/random.ts";
import { bootstrapMean, mean, wilson } from "../core/stats.ts";
import type { Interval } from "../core/stats.ts";
import { trialRow } from "../trial/columns.ts";
import type { TrialRow } from "../trial/columns.ts";
import type { Row } from "../tasks/row.ts";
import { version } from "../version.ts";
import type { NamedProblem } from "../files/problems.ts";

/** Responses by id. @throws UsageError for a row without them, or an id given twice */
export function responsesOf(path: string, rows: readonly Row[]): Map<string, string> {
  const responses = new Map<string, string>();
  for (const [i, { id, response }] of rows.entries()) {
    if (typeof id !== "string" || typeof response !== "string")
      throw new UsageError(`${path}: line ${i + 1} must have the strings "id" and "response"`);
    if (responses.has(id)) throw new UsageError(`${path}: line ${i + 1} has the id "${id}" a second time`);
    responses.set(id, response);
  }
  return responses;
}

/** A row of results, with the columns of a simulated run that a model's responses can fill. */
export function scoreRow(named: NamedProblem, response: string, model: string): TrialRow {
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

/** Means of scored rows with 95% intervals: bootstrap of the score, Wilson of the exact answers. */
export interface ScoreSummary {
  readonly rows: number;
  readonly score: number;
  readonly scoreInterval: Interval;
  readonly exact: number;
  readonly exactInterval: Interval;
}

export function summarise(rows: readonly TrialRow[]): ScoreSummary {
  const scores = rows.map(({ score }) => score!);
  const exact = rows.filter((row) => row.exact === true).length;
  return {
    rows: rows.length,
    score: mean(scores),
    scoreInterval: bootstrapMean(scores, new Random("score")),
    exact: exact / rows.length,
    exactInterval: wilson(exact, rows.length),
  };
}
