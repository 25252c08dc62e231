import type { Drawing } from "./calibrate.ts";
import type { Scores } from "./sample.ts";
import { cellOf } from "./target.ts";
import type { Target } from "./target.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { trialId } from "../../trial/trial.ts";
import type { Trial } from "../../trial/trial.ts";
import { planOf } from "../../runs/plan.ts";
import type { Plan } from "../../runs/plan.ts";
import { makeTrial } from "../../runs/make-trial.ts";

/** Full numerics of a reader: the same trials of the targets as in the mean field, by an engine. */
export interface NumericDrawing extends Drawing {
  readonly engine: string;
  /** tokens of all trials of a column, at most; three trials are run whatever their length */
  readonly mostTokens: number;
}

const trialsOf = ({ trials, mostTokens }: NumericDrawing, { tokens }: Target): number =>
  Math.min(trials, Math.max(3, Math.floor(mostTokens / tokens)));

const trialOf = ({ variant, reader, seed, engine }: NumericDrawing, target: Target, trial: number): Trial =>
  makeTrial({ ...cellOf(target, trial), variant, trial, seed, engine, reader });

/** The trials of all targets for each of these. */
export const numericPlan = (
  name: string,
  question: string,
  drawings: readonly NumericDrawing[],
  targets: readonly Target[],
): Plan =>
  planOf(
    name,
    question,
    targets.flatMap((target) =>
      Array.from(
        { length: Math.max(...drawings.map((drawing) => trialsOf(drawing, target))) },
        (_, t) => t,
      ).flatMap((t) =>
        drawings
          .filter((drawing) => t < trialsOf(drawing, target))
          .map((drawing) => trialOf(drawing, target, t)),
      ),
    ),
  );

/** Scores of a plan's rows; trials without one are left out. */
export function numericScores(
  rows: readonly TrialRow[],
  drawing: NumericDrawing,
  targets: readonly Target[],
): Scores {
  const scores = new Map(rows.map(({ id, score }) => [id, score]));
  return targets.map((target) =>
    Float64Array.from(
      Array.from({ length: trialsOf(drawing, target) }, (_, t) =>
        scores.get(trialId(trialOf(drawing, target, t))),
      ).filter((score) => typeof score === "number"),
    ),
  );
}
