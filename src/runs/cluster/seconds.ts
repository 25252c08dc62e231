import { groupBy } from "../../core/group.ts";
import type { Trial } from "../../trial/trial.ts";
import type { JournalEntry } from "../journal-line.ts";
import type { PlannedTrial } from "../plan.ts";

/** Gives the seconds that a trial takes on one worker. */
export type SecondsOf = (planned: PlannedTrial) => number;

/**
 * Seconds of a trial by its length alone. The means of results/length-sweep/timings.csv are 0.02 s at 4K tokens, 0.26 s at
 * 128K and 0.68 s at 256K. A trial in the mean field takes milliseconds.
 */
const expectedSeconds = ({ mode, tokens }: Trial): number =>
  mode === "mean-field" ? 0.005 : 0.01 + 2.5e-6 * tokens;

const kindOf = ({ task, tokens, variant, mode }: Trial): string =>
  JSON.stringify([task, tokens, variant, mode]);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Estimates the seconds of trials: the mean of the finished trials of the same task, length and variant. A trial without
 * any takes what its length lets expect, at the speed of all finished trials.
 */
export function secondsBy(
  trials: readonly PlannedTrial[],
  finished: ReadonlyMap<string, JournalEntry>,
): SecondsOf {
  const done = trials.flatMap(({ id, trial }) => {
    const entry = finished.get(id);
    return entry === undefined ? [] : [{ trial, seconds: entry.seconds }];
  });
  const measured = new Map(
    [...groupBy(done, ({ trial }) => kindOf(trial))].map(([kind, alike]) => [
      kind,
      mean(alike.map(({ seconds }) => seconds)),
    ]),
  );
  const speed =
    done.length === 0
      ? 1
      : mean(done.map(({ seconds }) => seconds)) / mean(done.map(({ trial }) => expectedSeconds(trial)));
  return ({ trial }) => measured.get(kindOf(trial)) ?? expectedSeconds(trial) * speed;
}
