import { estimateBytes } from "../trial/memory.ts";
import { groupKey, trialId } from "../trial/trial.ts";
import type { NumericTrial, Trial } from "../trial/trial.ts";
import { groupBy } from "../core/group.ts";

/** A trial and its stable id. */
export interface PlannedTrial<T extends Trial = Trial> {
  readonly id: string;
  readonly trial: T;
}

/** A question and the independent trials that answer it, in the order of the results. */
export interface Plan {
  /** name of the experiment */
  readonly name: string;
  readonly question: string;
  readonly trials: readonly PlannedTrial[];
  /** cells that were asked for and cannot be had; default: none */
  readonly impossible?: readonly ImpossibleCell[];
}

/** Trials that cannot be had: a task at a length that it cannot have, or a variant that has no mean field. */
export interface ImpossibleCell {
  /** name of the cell: `graphwalks, 100 tokens` */
  readonly cell: string;
  readonly reason: string;
  /** number of its trials */
  readonly trials: number;
}

/** Numeric trials that share a problem and its cache: one worker runs them together. */
export interface TrialGroup {
  readonly trials: readonly PlannedTrial<NumericTrial>[];
  /** nominal context tokens */
  readonly tokens: number;
  /** peak memory in bytes */
  readonly bytes: number;
}

/** A plan of these trials. A trial that is given twice runs once. */
export function planOf(name: string, question: string, trials: Iterable<Trial>): Plan {
  const byId = new Map<string, Trial>();
  for (const trial of trials) byId.set(trialId(trial), trial);
  return { name, question, trials: [...byId].map(([id, trial]) => ({ id, trial })) };
}

/**
 * Groups of the numeric trials, in the order in which they start: by length, and then as planned. Short contexts come
 * first, so that every curve grows from its left end, and memory grows with the run.
 */
export function groupsOf(trials: readonly PlannedTrial[]): TrialGroup[] {
  const numeric = trials.filter(
    (planned): planned is PlannedTrial<NumericTrial> => planned.trial.mode === "numerics",
  );
  return [...groupBy(numeric, ({ trial }) => groupKey(trial)).values()]
    .map((group) => ({
      trials: group,
      tokens: group[0]!.trial.tokens,
      bytes: estimateBytes(group.map(({ trial }) => trial)),
    }))
    .sort((a, b) => a.tokens - b.tokens);
}
