import { Random } from "./random.ts";

/** An interval of a statistic, both ends included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A number and its 95% interval. */
export interface Estimate extends Interval {
  readonly value: number;
}

/** Two-sided 95% quantile of the standard normal distribution. */
const z95 = 1.959963984540054;

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Sample variance, dividing by n - 1; NaN of fewer than two values. */
export function variance(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return values.length < 2 ? NaN : sum / (values.length - 1);
}

/**
 * The p-quantile of ascending values, linear between neighbours (type 7 of Hyndman and Fan 1996).
 *
 * @param p in [0, 1]
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/** Median; NaN of nothing. */
export const median = (values: ArrayLike<number>): number =>
  values.length === 0 ? NaN : quantile(Float64Array.from(values).sort(), 0.5);

/**
 * Wilson's score interval of a proportion. It is right for few trials and for proportions of 0 and 1, where the normal
 * interval is wrong.
 *
 * Wilson 1927, J. Am. Stat. Assoc. 22, 209-212, https://doi.org/10.1080/01621459.1927.10502953.
 * Without trials nothing is known: [0, 1].
 */
export function wilson(successes: number, trials: number, z = z95): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const p = successes / trials;
  const denominator = 1 + (z * z) / trials;
  const centre = (p + (z * z) / (2 * trials)) / denominator;
  const half = (z / denominator) * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials));
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === trials ? 1 : Math.min(1, centre + half),
  };
}

/**
 * The interval that holds the middle of a sample. A sample of resampled statistics gives the percentile interval of a
 * bootstrap.
 *
 * @param tail share of the sample below the interval, and above it
 */
export function percentileInterval(sample: ArrayLike<number>, tail = 0.025): Interval {
  const sorted = Float64Array.from(sample).sort();
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/**
 * Percentile bootstrap interval of the mean: values drawn with replacement, as many as there are, `resamples` times.
 *
 * Efron 1979, Ann. Statist. 7, 1-26, https://doi.org/10.1214/aos/1176344552. NaN of nothing; one value gives itself.
 *
 * @param level share of the resampled means that the interval holds
 */
export function bootstrapMean(
  values: ArrayLike<number>,
  random: Random,
  resamples = 2000,
  level = 0.95,
): Interval {
  const n = values.length;
  if (n === 0) return { low: NaN, high: NaN };
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[random.below(n)]!;
    return sum / n;
  });
  return percentileInterval(means, (1 - level) / 2);
}

/** The mean of a sample, with the 95% bootstrap interval of the mean. */
export interface MeanEstimate extends Interval {
  readonly mean: number;
  readonly trials: number;
}

/** The mean of values with its interval; undefined of nothing. @param name seeds the bootstrap */
export const estimateMean = (values: readonly number[], name: string): MeanEstimate | undefined =>
  values.length === 0
    ? undefined
    : { mean: mean(values), ...bootstrapMean(values, new Random(`bands/${name}`)), trials: values.length };

/** Slope of the least-squares line through (x, y); NaN if all x are the same. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  const [covariance, spread] = x.reduce(
    ([xy, xx], xi, i) => [xy + (xi - mx) * (y[i]! - my), xx + (xi - mx) ** 2],
    [0, 0],
  );
  return covariance / spread;
}

/** A number with the interval that holds 95% of its resampled values. */
export const estimateOf = (value: number, resampled: ArrayLike<number>): Estimate => ({
  value,
  ...percentileInterval(resampled),
});
