import { groupBy } from "../core/group.ts";
import { ImpossibleError } from "../core/errors.ts";
import { checkMeanFieldProblem } from "../reader/mean-field/read.ts";
import { drawProblem, parseTask } from "../tasks/spec.ts";
import { streamsOf } from "../trial/settle.ts";
import type { Trial } from "../trial/trial.ts";
import type { ImpossibleCell, Plan } from "./plan.ts";

/** Longest length in tokens at which problems are drawn to see whether there is room for them. */
const mostDrawn = 8192;

/**
 * Splits a plan into the trials that can be run, and the tasks at lengths that cannot: too short for a problem, or too
 * long for the mean field. Problems of long contexts with full numerics are taken to be possible.
 */
export function possiblePart(plan: Plan): {
  readonly plan: Plan;
  readonly impossible: readonly ImpossibleCell[];
} {
  const problems = groupBy(plan.trials, ({ trial }) =>
    JSON.stringify([trial.task, trial.tokens, trial.seed, trial.trial, trial.mode]),
  );
  const found = [...problems.values()].flatMap((alike) => {
    const { trial } = alike[0]!;
    const reason = whyImpossible(trial);
    return reason === undefined ? [] : [{ cell: `${trial.task}, ${trial.tokens} tokens`, reason, alike }];
  });
  const without = new Set(found.flatMap(({ alike }) => alike.map(({ id }) => id)));
  const cells = [...groupBy(found, ({ cell }) => cell)].map(([cell, own]): ImpossibleCell => ({
    cell,
    reason: own[0]!.reason,
    trials: own.reduce((sum, { alike }) => sum + alike.length, 0),
  }));
  return {
    plan: { ...plan, trials: plan.trials.filter(({ id }) => !without.has(id)) },
    impossible: [...(plan.impossible ?? []), ...cells],
  };
}

/** Why a trial's problem cannot be drawn; undefined where it can. */
function whyImpossible(trial: Trial): string | undefined {
  const { tokens, seed, trial: index } = trial;
  const asked = parseTask(trial.task);
  try {
    if (trial.mode === "mean-field")
      checkMeanFieldProblem({ task: trial.task, tokens, seed: streamsOf(trial) });
    else if (tokens <= mostDrawn || tokens > (asked.task.longest ?? Infinity))
      drawProblem(asked, { tokens, seed, index });
    return undefined;
  } catch (error) {
    if (error instanceof ImpossibleError) return error.message;
    throw error;
  }
}
