import type { Random } from "../../core/random.ts";
import { mean, quantile } from "../../core/stats.ts";
import type { Interval } from "../../core/stats.ts";
import { meanError } from "./target.ts";
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
export function intervalOf(value: number, drawn: readonly number[]): Estimate {
  const sorted = Float64Array.from(drawn).sort();
  return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/**
 * Mean score of each target, and the mean error over all of them, with percentile bootstrap intervals over trials. Those
 * of the mean error keep the signs of the errors: noise alone makes distances longer, never shorter.
 */
export function estimates(
  scores: Scores,
  targets: readonly Target[],
  random: Random,
): { readonly means: Estimate[]; readonly error: Estimate } {
  const draws = Array.from({ length: resamples }, () => resampledMeans(scores, drawTrials(scores, random)));
  const own = scores.map((values) => mean(values));
  const signs = own.map((value, i) => Math.sign(value - targets[i]!.published));
  return {
    means: own.map((value, i) =>
      intervalOf(
        value,
        draws.map((means) => means[i]!),
      ),
    ),
    error: intervalOf(
      meanError(own, targets),
      draws.map((means) =>
        Math.max(0, mean(means.map((value, i) => signs[i]! * (value - targets[i]!.published)))),
      ),
    ),
  };
}
