import { groupsOf } from "../plan.ts";
import type { PlannedTrial } from "../plan.ts";
import type { SecondsOf } from "./seconds.ts";

/** Trials that stay together, because they share a problem and its cache. */
interface ProblemTrials {
  readonly trials: readonly PlannedTrial[];
  readonly seconds: number;
}

function unitsOf(trials: readonly PlannedTrial[], secondsOf: SecondsOf): ProblemTrials[] {
  const drawn = trials.filter(({ trial }) => trial.mode === "mean-field").map((planned) => [planned]);
  return [...groupsOf(trials).map((group) => group.trials), ...drawn].map((own) => ({
    trials: own,
    seconds: own.reduce((sum, planned) => sum + secondsOf(planned), 0),
  }));
}

/** The most shares of trials that none is empty. */
export const mostShares = (trials: readonly PlannedTrial[]): number => unitsOf(trials, () => 0).length;

/**
 * Deals trials to shares of about equal seconds: the longest units first, each to the share that has the least so far
 * (Graham 1969, doi:10.1137/0117039). The same trials and seconds give the same shares. Trials that share a problem stay
 * together. A share's trials are in the order of `trials`.
 *
 * @param count number of shares; those beyond `mostShares` are empty
 */
export function dealTrials(
  trials: readonly PlannedTrial[],
  count: number,
  secondsOf: SecondsOf,
): PlannedTrial[][] {
  const shares = Array.from({ length: count }, () => ({ ids: new Set<string>(), seconds: 0 }));
  for (const unit of unitsOf(trials, secondsOf).sort((a, b) => b.seconds - a.seconds)) {
    const least = shares.reduce((best, share) => (share.seconds < best.seconds ? share : best));
    for (const { id } of unit.trials) least.ids.add(id);
    least.seconds += unit.seconds;
  }
  return shares.map(({ ids }) => trials.filter(({ id }) => ids.has(id)));
}
