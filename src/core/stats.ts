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

/** Fewest values whose mean has an interval, if they are not all 0 or 1. Of fewer only the range is stated. */
export const fewestForInterval = 10;

/**
 * How the two ends of an estimated mean come about. wilson and t: a 95% interval. range: the least and the greatest of
 * too few values, which is no interval.
 */
export const intervalKinds = ["wilson", "t", "range"] as const;

export type IntervalKind = (typeof intervalKinds)[number];

/** The mean of a sample, with its 95% interval or the sample's range. */
export interface MeanEstimate extends Interval {
  readonly mean: number;
  readonly trials: number;
  readonly kind: IntervalKind;
}

/**
 * Two-sided 95% quantile of Student's t distribution, right to 3 digits from 9 degrees of freedom on.
 *
 * Cornish-Fisher expansion: Abramowitz and Stegun 1964, Handbook of Mathematical Functions, 26.7.5.
 */
export function t95(degrees: number): number {
  const z = z95;
  const [z2, v] = [z * z, degrees];
  return (
    z +
    (z * (z2 + 1)) / (4 * v) +
    (z * (5 * z2 ** 2 + 16 * z2 + 3)) / (96 * v ** 2) +
    (z * (3 * z2 ** 3 + 19 * z2 ** 2 + 17 * z2 - 15)) / (384 * v ** 3) +
    (z * (79 * z2 ** 4 + 776 * z2 ** 3 + 1482 * z2 ** 2 - 1920 * z2 - 945)) / (92_160 * v ** 4)
  );
}

/** The least and the greatest of a sample. */
function rangeOf(values: readonly number[]): Interval {
  return { low: Math.min(...values), high: Math.max(...values) };
}

/** Student's interval of the mean of at least two values. */
function tInterval(values: readonly number[]): Interval {
  const half = t95(values.length - 1) * Math.sqrt(variance(values) / values.length);
  return { low: mean(values) - half, high: mean(values) + half };
}

/**
 * Student's interval of the mean of values with known bounds: of the sample with one value more at each bound. Without
 * them ten perfect scores would leave no doubt, and the interval would miss the mean of scores that are seldom low.
 *
 * The same idea for proportions: Agresti and Coull 1998, Am. Stat. 52, 119-126; for differences of paired proportions,
 * with these two values: Bonett and Price 2012, J. Educ. Behav. Stat. 37, 479-488.
 */
function boundedInterval(values: readonly number[], bounds: Interval): Interval {
  const { low, high } = tInterval([...values, bounds.low, bounds.high]);
  const centre = mean(values);
  return {
    low: Math.max(bounds.low, Math.min(low, centre)),
    high: Math.min(bounds.high, Math.max(high, centre)),
  };
}

const estimated = (values: readonly number[], kind: IntervalKind, { low, high }: Interval): MeanEstimate => ({
  mean: mean(values),
  low,
  high,
  trials: values.length,
  kind,
});

/** The kind of the ends of scores that are not all 0 or 1. */
export const kindOf = (trials: number): IntervalKind => (trials < fewestForInterval ? "range" : "t");

/** The mean of measured values without bounds; undefined of nothing. */
export function estimateMean(values: readonly number[]): MeanEstimate | undefined {
  if (values.length === 0) return undefined;
  return values.length < fewestForInterval
    ? estimated(values, "range", rangeOf(values))
    : estimated(values, "t", tInterval(values));
}

/** The mean of scores between 0 and 1; undefined of nothing. Scores of 0 and 1 alone have Wilson's interval. */
export function estimateScore(scores: readonly number[]): MeanEstimate | undefined {
  if (scores.length === 0) return undefined;
  if (scores.every((score) => score === 0 || score === 1))
    return estimated(scores, "wilson", wilson(scores.filter((score) => score === 1).length, scores.length));
  return scores.length < fewestForInterval
    ? estimated(scores, "range", rangeOf(scores))
    : estimated(scores, "t", boundedInterval(scores, { low: 0, high: 1 }));
}

/** The mean difference of two scores of the same problems; undefined of nothing. @param differences within [-1, 1] */
export function estimateDifference(differences: readonly number[]): MeanEstimate | undefined {
  if (differences.length === 0) return undefined;
  return differences.length < fewestForInterval
    ? estimated(differences, "range", rangeOf(differences))
    : estimated(differences, "t", boundedInterval(differences, { low: -1, high: 1 }));
}

/**
 * The mean of the mean scores of several tasks, with the interval that the spread within the tasks gives; undefined
 * where a task has no score. A task with one score says nothing of its spread: then the range of the tasks' means.
 */
export function estimateOverTasks(tasks: readonly (readonly number[])[]): MeanEstimate | undefined {
  if (tasks.length === 0 || tasks.some((scores) => scores.length === 0)) return undefined;
  if (tasks.length === 1) return estimateScore(tasks[0]!);
  const means = tasks.map((scores) => mean(scores));
  const centre = mean(means);
  const trials = tasks.reduce((sum, scores) => sum + scores.length, 0);
  if (trials < fewestForInterval || tasks.some((scores) => scores.length < 2))
    return { mean: centre, ...rangeOf(means), trials, kind: "range" };
  // each task's scores about the common mean; a mean within a task leaves it one degree of freedom less
  const spread = Math.sqrt((trials - 1) / (trials - tasks.length));
  const about = tasks.flatMap((scores, i) => scores.map((score) => centre + spread * (score - means[i]!)));
  return { ...estimated(about, "t", boundedInterval(about, { low: 0, high: 1 })), mean: centre };
}

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
