import { makeTrial } from "../../trial/make-trial.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { trialId } from "../../trial/trial.ts";
import type { Trial } from "../../trial/trial.ts";
import type { Scores } from "./sample.ts";
import type { ReaderTrials } from "./scores.ts";
import { problemOf } from "./target.ts";
import type { TargetColumn } from "./target.ts";

/** A reader and its trials with full numerics. They are the first trials of the mean field, or all of them. */
export interface NumericTrials extends ReaderTrials {
  readonly engine: string;
  /** most tokens of all trials of a target; three trials always run */
  readonly mostTokens: number;
}

const trialCount = ({ trials, mostTokens }: NumericTrials, { tokens }: TargetColumn): number =>
  Math.min(trials, Math.max(3, Math.floor(mostTokens / tokens)));

const trialOf = (
  { variant, reader, seed, engine }: NumericTrials,
  target: TargetColumn,
  trial: number,
): Trial => makeTrial({ ...problemOf(target, trial), variant, trial, seed, engine, reader });

/** Trials of all targets for all readers. Trials of one problem are neighbours. */
export function numericTrials(readers: readonly NumericTrials[], targets: readonly TargetColumn[]): Trial[] {
  return targets.flatMap((target) => {
    const most = Math.max(...readers.map((reader) => trialCount(reader, target)));
    return Array.from({ length: most }, (_, trial) => trial).flatMap((trial) =>
      readers
        .filter((reader) => trial < trialCount(reader, target))
        .map((reader) => trialOf(reader, target, trial)),
    );
  });
}

/** Scores of a reader's trials among the rows of a run; trials without a row are left out. */
export function numericScores(
  rows: readonly TrialRow[],
  reader: NumericTrials,
  targets: readonly TargetColumn[],
): Scores {
  const scores = new Map(rows.map(({ id, score }) => [id, score]));
  return targets.map((target) =>
    Float64Array.from(
      Array.from({ length: trialCount(reader, target) }, (_, trial) =>
        scores.get(trialId(trialOf(reader, target, trial))),
      ).filter((score) => typeof score === "number"),
    ),
  );
}
