import { attender } from "../attention/attender.ts";
import { groupBy } from "../core/group.ts";
import { unmeasured } from "../core/profile.ts";
import type { Measure, Profile } from "../core/profile.ts";
import type { Ops } from "../engines/ops.ts";
import type { Mechanism, Outcome } from "../reader/numerics/mechanism.ts";
import { readNumerics } from "../reader/numerics/read.ts";
import { drawProblem, parseTask } from "../tasks/spec.ts";
import type { Problem } from "../tasks/task.ts";
import { countTokens } from "../tasks/parts/tokenizer.ts";
import type { TrialRow } from "./columns.ts";
import { makeRow } from "./row.ts";
import type { Concluded } from "./row.ts";
import { settle, streamsOf } from "./settle.ts";
import type { Settled } from "./settle.ts";
import type { NumericTrial } from "./trial.ts";

/** The engine that trials run on, and the functions that take their results. */
export interface TrialRun {
  readonly ops: Ops;
  /** takes each row once it is finished, and its wall time in seconds */
  readonly onRow: (trial: NumericTrial, row: TrialRow, seconds: number) => void;
  /** tells the time in seconds; without it every row takes 0 seconds */
  readonly clock?: () => number;
  /** takes the times of parts: a variant's own under its spec, those of shared work under the empty name */
  readonly profile?: Profile | undefined;
}

/**
 * Runs trials that share a problem (`groupKey`). It builds the problem once and the caches once for each kv dtype, and
 * then reads with each variant. Trials with the same variant, parameters and reader share one outcome: budgets may fit
 * the same parameter. Time of shared work counts to the first row that needs it.
 */
export function runTrials(
  trials: readonly NumericTrial[],
  { ops, onRow, clock = () => 0, profile }: TrialRun,
): void {
  const first = trials[0];
  if (!first) return;
  let since = clock();
  const measureFor = ({ trial }: Settled): Measure => profile?.for(trial.variant) ?? unmeasured;
  const shared = profile?.for("") ?? unmeasured;
  const finish = (settled: Settled<NumericTrial>, conclude: () => Concluded): void => {
    const row = measureFor(settled)("score", () => makeRow(settled, conclude()));
    onRow(settled.trial, row, clock() - since);
    since = clock();
  };
  const count = (text: string): number => shared("tokenise", () => countTokens(text));
  const problem = shared("generate", () =>
    drawProblem(parseTask(first.task), { ...first, index: first.trial }, count),
  );
  const settled = trials.map(settle);
  for (const unfit of settled.filter(({ trial }) => trial.budget?.fits === false))
    finish(unfit, () => ({ tokens: problem.tokens }));
  const fitting = settled.filter(({ trial }) => trial.budget?.fits !== false);
  for (const sharing of groupBy(fitting, ({ reader }) => reader.kvDtype).values()) {
    const alike = [
      ...groupBy(sharing, ({ spec, reader }) => JSON.stringify([spec.resolved, reader])).values(),
    ];
    const outcomes = readNumerics({
      problem,
      params: sharing[0]!.reader,
      ops,
      seed: streamsOf(first),
      mechanisms: alike.map(([each]) => mechanism(each!, ops, measureFor(each!))),
      measure: shared,
    });
    for (const same of alike) {
      const outcome = outcomes.next().value as Outcome;
      let concluded: Concluded | undefined;
      for (const each of same) finish(each, () => (concluded ??= concludedOf(problem, outcome)));
    }
  }
}

const concludedOf = (problem: Problem, { conclusion, seen }: Outcome): Concluded => ({
  tokens: problem.tokens,
  graded: problem.score(problem.respond(conclusion)),
  seen,
});

const mechanism = (
  { spec: { variant, params }, shaping }: Settled,
  ops: Ops,
  measure: Measure,
): Mechanism => ({
  measure,
  over: (cache) => attender({ variant, params, shaping }, cache, ops, measure),
});
