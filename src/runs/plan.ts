import { estimateBytes } from "../trial/memory.ts";
import { groupKey, trialId } from "../trial/trial.ts";
import type { Trial } from "../trial/trial.ts";
import { groupBy } from "../core/group.ts";

/** A trial and its stable id. */
export interface PlannedTrial {
  readonly id: string;
  readonly trial: Trial;
}

/** What a run is to find out, and the independent trials that do it, in the order of the results. */
export interface Plan {
  /** name of the experiment */
  readonly name: string;
  readonly question: string;
  readonly trials: readonly PlannedTrial[];
}

/** Trials that share a problem and its cache: one worker runs them together. */
export interface Group {
  readonly trials: readonly PlannedTrial[];
  /** nominal context tokens */
  readonly tokens: number;
  /** peak memory */
  readonly bytes: number;
}

/** A plan of these trials; a trial given twice is run once. */
export function planOf(name: string, question: string, trials: Iterable<Trial>): Plan {
  const byId = new Map<string, Trial>();
  for (const trial of trials) byId.set(trialId(trial), trial);
  return { name, question, trials: [...byId].map(([id, trial]) => ({ id, trial })) };
}

/**
 * Groups in the order in which they start: short contexts first, so that every curve grows from its left end and
 * the memory held grows with the run; then as planned.
 */
export function groupsOf(trials: readonly PlannedTrial[]): Group[] {
  return [...groupBy(trials, ({ trial }) => groupKey(trial)).values()]
    .map((group) => ({
      trials: group,
      tokens: group[0]!.trial.tokens,
      bytes: estimateBytes(group.map(({ trial }) => trial)),
    }))
    .sort((a, b) => a.tokens - b.tokens);
}

/** A trial as messages name it: `graphwalks, 131072 tokens, trial 3, dsa(k=2048)`. */
export const describeTrial = ({ task, tokens, trial, variant }: Trial): string =>
  `${task}, ${tokens} tokens, trial ${trial}, ${variant}`;
