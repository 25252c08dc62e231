import type { Random } from "../../core/random.ts";
import { mean, percentileInterval } from "../../core/stats.ts";
import type { Interval } from "../../core/stats.ts";
import type { Target } from "./target.ts";

/** A number and its 95% interval. */
export interface Estimate extends Interval {
  readonly value: number;
}

/** Scores of the trials of each target, in the targets' order. */
export type Scores = readonly Float64Array[];

/** How often trials are drawn again. */
export const resamples = 1000;

/** Means of each target over trials drawn again: `draws[r][i]` is a trial of target i. */
export const resampledMeans = (scores: Scores, draw: readonly Int32Array[]): number[] =>
  scores.map((values, i) => {
    let sum = 0;
    for (const trial of draw[i]!) sum += values[trial]!;
    return sum / draw[i]!.length;
  });

/** As many trials of each target as there are, with replacement. */
export const drawTrials = (scores: Scores, random: Random): Int32Array[] =>
  scores.map((values) => Int32Array.from(values, () => random.below(values.length)));

/** A number with the interval that holds 95% of what it is on trials drawn again. */
export const intervalOf = (value: number, drawn: readonly number[]): Estimate => ({
  value,
  ...percentileInterval(drawn),
});

/** Mean score of each target with its percentile bootstrap interval over trials. */
export function meanEstimates(scores: Scores, random: Random): Estimate[] {
  const draws = Array.from({ length: resamples }, () => resampledMeans(scores, drawTrials(scores, random)));
  return scores.map((values, i) =>
    intervalOf(
      mean(values),
      draws.map((means) => means[i]!),
    ),
  );
}

/**
 * Mean errors over all targets on trials drawn again. They keep the signs of the errors as they are: noise alone makes
 * distances longer, never shorter.
 */
export function errorDraws(scores: Scores, targets: readonly Target[], random: Random): number[] {
  const off = (means: readonly number[]): number[] => means.map((value, i) => value - targets[i]!.published);
  const signs = off(scores.map((values) => mean(values))).map((error) => (error < 0 ? -1 : 1));
  return Array.from({ length: resamples }, () => {
    const drawn = off(resampledMeans(scores, drawTrials(scores, random)));
    return Math.max(0, mean(drawn.map((error, i) => signs[i]! * error)));
  });
}
