import { estimateScore } from "../core/stats.ts";
import type { MeanEstimate } from "../core/stats.ts";
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

/** Estimates over scored rows. */
export interface ScoreSummary {
  readonly score: MeanEstimate;
  /** share of exact answers */
  readonly exact: MeanEstimate;
}

/** Summarises scored rows. @param rows at least one */
export function scoreSummary(rows: readonly TrialRow[]): ScoreSummary {
  const estimateOf = (of: (row: TrialRow) => number): MeanEstimate => estimateScore(rows.map(of))!;
  return { score: estimateOf(({ score }) => Number(score)), exact: estimateOf(({ exact }) => Number(exact)) };
}
