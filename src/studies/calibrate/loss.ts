import type { Random } from "../../core/random.ts";
import { mean } from "../../core/stats.ts";
import { drawTrials, resampledMeans, resamples } from "./sample.ts";
import type { Scores } from "./sample.ts";
import type { TargetColumn } from "./target.ts";

/** Mean squared distance between mean scores and published scores, 0 to 1. A fit makes it small. */
export const lossOf = (means: readonly number[], targets: readonly TargetColumn[]): number =>
  mean(means.map((score, i) => (score - targets[i]!.published) ** 2));

/** Mean absolute distance between mean scores and published scores, 0 to 1. Reports state it. */
export const meanError = (means: readonly number[], targets: readonly TargetColumn[]): number =>
  mean(means.map((score, i) => Math.abs(score - targets[i]!.published)));

/**
 * Mean errors on trials drawn again. Each column's error keeps the sign that it has on all trials: with its own sign,
 * noise alone would make distances longer and never shorter.
 */
export function errorDraws(scores: Scores, targets: readonly TargetColumn[], random: Random): number[] {
  const off = (means: readonly number[]): number[] => means.map((value, i) => value - targets[i]!.published);
  const signs = off(scores.map((values) => mean(values))).map((error) => (error < 0 ? -1 : 1));
  return Array.from({ length: resamples }, () => {
    const drawn = off(resampledMeans(scores, drawTrials(scores, random)));
    return Math.max(0, mean(drawn.map((error, i) => signs[i]! * error)));
  });
}
