import { Random } from "../../core/random.ts";
import { mean } from "../../core/stats.ts";
import { resolveReader } from "../../reader/params.ts";
import type { ReaderParams } from "../../reader/params.ts";
import { streamsOf, useOf } from "../../trial/run.ts";
import { checkTheory, theorise } from "../../reader/mean-field/theorise.ts";
import { theoryEngine } from "../../trial/trial.ts";
import { baseOf, fitPoint, freeOf, roundedPoint } from "./fit.ts";
import type { Fit, Point } from "./fit.ts";
import { errorDraws, intervalOf, meanEstimates } from "./sample.ts";
import type { Estimate, Scores } from "./sample.ts";
import { cellOf, meanError } from "./target.ts";
import type { Target } from "./target.ts";

/** Reader parameters that differ from the defaults. */
export type Given = Readonly<Partial<ReaderParams>>;

/** What a reader's scores are drawn with. */
export interface Drawing {
  /** variant spec */
  readonly variant: string;
  readonly reader: Given;
  /** trials of each target */
  readonly trials: number;
  readonly seed: number;
}

/** What trials of one kind, fitted or left out, say of some columns. */
export interface ColumnScores {
  /** in the order of their targets */
  readonly means: readonly Estimate[];
  /** trials of each */
  readonly trials: readonly number[];
  /** mean distance from the published scores, 0 to 1; null where there are no columns */
  readonly error: Estimate | null;
}

/**
 * Scores of the targets' trials in the mean field: those of `--mode theory`, trial by trial.
 *
 * @throws UsageError where a task or the variant has no theory
 */
export function theoryScores({ variant, reader, trials, seed }: Drawing, targets: readonly Target[]): Scores {
  const use = useOf({ variant, reader });
  const settled = resolveReader(reader);
  return targets.map((target) =>
    Float64Array.from({ length: trials }, (_, trial) => {
      const cell = cellOf(target, trial);
      return theorise({ ...cell, seed: streamsOf({ ...cell, trial, seed }) }, use, settled).score;
    }),
  );
}

/** @throws UsageError where the task of a target, or the variant, has no theory */
function checkTargets(
  { variant, reader }: Pick<Drawing, "variant" | "reader">,
  targets: readonly Target[],
): void {
  const use = useOf({ variant, reader });
  for (const task of new Set(targets.flatMap(({ cells }) => cells.map((cell) => cell.task))))
    checkTheory(task, use);
}

/** What the scores of targets come to; intervals are of trials drawn again. */
export function columnScores(scores: Scores, targets: readonly Target[], name: string): ColumnScores {
  if (targets.length === 0) return { means: [], trials: [], error: null };
  const random = (part: string): Random => new Random(`calibrate/${name}/${part}`);
  const error = meanError(
    scores.map((values) => mean(values)),
    targets,
  );
  return {
    means: meanEstimates(scores, random("columns")),
    trials: scores.map(({ length }) => length),
    error: intervalOf(error, errorDraws(scores, targets, random("error"))),
  };
}

export interface CalibrateOptions extends Drawing {
  readonly starts: number;
  readonly onEvaluation?: () => void;
}

/** A reader fitted to published columns in the mean field. */
export interface Calibration {
  readonly fit: Fit;
  /** the reader's parameters that differ from their defaults, the fitted ones among them */
  readonly reader: Given;
  readonly fitted: ColumnScores;
  readonly leftOut: ColumnScores;
}

/**
 * Fits the reader's parameters that are not given to published columns, in the mean field, and says what it does on the
 * columns that were left out.
 *
 * @throws UsageError where a task or the variant has no theory, or nothing is left to fit
 */
export function calibrate(
  { starts, onEvaluation, ...drawing }: CalibrateOptions,
  fitted: readonly Target[],
  leftOut: readonly Target[],
): Calibration {
  checkTargets(drawing, [...fitted, ...leftOut]);
  const readerAt = (point: Point): Given => ({ ...drawing.reader, ...point });
  const fit = fitPoint(
    (point) => theoryScores({ ...drawing, reader: readerAt(point) }, fitted),
    fitted,
    baseOf(drawing.reader),
    { starts, seed: drawing.seed, free: freeOf(drawing.reader), ...(onEvaluation && { onEvaluation }) },
  );
  const point = roundedPoint(fit.point);
  const reader = readerAt(point);
  resolveReader(reader);
  const scored = (targets: readonly Target[], name: string): ColumnScores =>
    columnScores(theoryScores({ ...drawing, reader }, targets), targets, `${theoryEngine}/${name}`);
  return {
    fit: { ...fit, point },
    reader,
    fitted: scored(fitted, "fitted"),
    leftOut: scored(leftOut, "left out"),
  };
}
