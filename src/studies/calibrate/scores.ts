import { Random } from "../../core/random.ts";
import { estimateOf, estimateScore, mean } from "../../core/stats.ts";
import type { Estimate } from "../../core/stats.ts";
import { readMeanField, requireMeanField } from "../../reader/mean-field/read.ts";
import { resolveReader } from "../../reader/params.ts";
import type { ReaderParams } from "../../reader/params.ts";
import { streamsOf, useOf } from "../../trial/settle.ts";
import { errorDraws, meanError } from "./loss.ts";
import type { Scores } from "./sample.ts";
import { problemOf } from "./target.ts";
import type { TargetColumn } from "./target.ts";

/** Reader parameters that differ from the defaults. */
export type GivenReader = Readonly<Partial<ReaderParams>>;

/** A reader and the trials that it is scored on. */
export interface ReaderTrials {
  /** variant spec */
  readonly variant: string;
  readonly reader: GivenReader;
  /** trials of each target */
  readonly trials: number;
  readonly seed: number;
}

/** Scores of a reader on some targets. */
export interface ColumnScores {
  /** mean scores, in the order of the targets */
  readonly means: readonly Estimate[];
  /** trials of each target */
  readonly trials: readonly number[];
  /** mean distance from the published scores, 0 to 1; null without targets */
  readonly error: Estimate | null;
}

/**
 * Mean-field scores of a reader on the trials of each target. `attnsim run --mode mean-field` gives the same scores.
 *
 * @throws UsageError for a task or a variant without a mean field
 */
export function meanFieldScores(
  { variant, reader, trials, seed }: ReaderTrials,
  targets: readonly TargetColumn[],
): Scores {
  const use = useOf({ variant, reader });
  const settled = resolveReader(reader);
  return targets.map((target) =>
    Float64Array.from({ length: trials }, (_, trial) => {
      const problem = problemOf(target, trial);
      return readMeanField({ ...problem, seed: streamsOf({ ...problem, trial, seed }) }, use, settled).score;
    }),
  );
}

/** @throws UsageError when the task of a target or the variant has no mean field */
export function checkMeanField(
  { variant, reader }: Pick<ReaderTrials, "variant" | "reader">,
  targets: readonly TargetColumn[],
): void {
  const use = useOf({ variant, reader });
  const tasks = new Set(targets.flatMap(({ problems }) => problems.map(({ task }) => task)));
  for (const task of tasks) requireMeanField(task, use);
}

/** A mean score and the ends of its interval, or of its range where trials are few. */
function scoreWithEnds(scores: readonly number[]): Estimate {
  const { mean: value, low, high } = estimateScore(scores) ?? { mean: NaN, low: NaN, high: NaN };
  return { value, low, high };
}

/** Means and mean error of scores, with intervals over trials drawn again. @param name name of the random stream */
export function columnScores(scores: Scores, targets: readonly TargetColumn[], name: string): ColumnScores {
  if (targets.length === 0) return { means: [], trials: [], error: null };
  const error = meanError(
    scores.map((values) => mean(values)),
    targets,
  );
  return {
    means: scores.map((values) => scoreWithEnds([...values])),
    trials: scores.map(({ length }) => length),
    error: estimateOf(error, errorDraws(scores, targets, new Random(`calibrate/${name}/error`))),
  };
}
