import type { Random } from "../../core/random.ts";

/** Scores of the trials of each target, in the order of the targets. */
export type Scores = readonly Float64Array[];

/** Number of bootstrap draws. */
export const resamples = 1000;

/** Draws the trials of each target with replacement, as many as there are. */
export const drawTrials = (scores: Scores, random: Random): Int32Array[] =>
  scores.map((values) => Int32Array.from(values, () => random.below(values.length)));

/** Mean score of each target over drawn trials: `draw[i]` holds trials of target i. */
export const resampledMeans = (scores: Scores, draw: readonly Int32Array[]): number[] =>
  scores.map((values, i) => {
    let sum = 0;
    for (const trial of draw[i]!) sum += values[trial]!;
    return sum / draw[i]!.length;
  });
