import type { StepCost } from "../../core/cost.ts";
import { Random } from "../../core/random.ts";
import { median, percentileInterval, slope } from "../../core/stats.ts";
import type { Interval } from "../../core/stats.ts";
import { groupBy } from "../../core/group.ts";
import { shape } from "./measure.ts";
import type { ScalingTimes } from "./measure.ts";
import type { ScalingRow, ScalingSummary } from "./tables.ts";

const costOf = ({ spec: { variant, params }, tokens }: ScalingTimes): StepCost =>
  variant.cost(
    { tokens, queryHeads: shape.kvHeads, ...shape, bytesPerElement: Float32Array.BYTES_PER_ELEMENT },
    params,
  );

/** Bytes that a query reads. */
function bytesRead(times: ScalingTimes): number {
  const { kvReadBytes, indexReadBytes } = costOf(times);
  return kvReadBytes + indexReadBytes;
}

/** The measurement of dense attention at the longest length, which the others are compared with. */
function denseOf(all: readonly ScalingTimes[]): ScalingTimes {
  const dense = all.filter(({ spec }) => spec.variant.name === "dense").at(-1);
  if (dense === undefined) throw new Error("nothing to compare with: dense attention was not measured");
  return dense;
}

const digits = (value: number): number => Number(value.toPrecision(4));

/** Makes a row for each measurement. @param all measurements by ascending length, with dense attention */
export function scalingRows(all: readonly ScalingTimes[]): ScalingRow[] {
  const dense = denseOf(all);
  const msPerByte = median(dense.attend) / bytesRead(dense);
  return all.map((times) => {
    const { spec, tokens, attend, prepare } = times;
    const { kvReadBytes, indexReadBytes, flops } = costOf(times);
    return {
      variant: spec.text,
      resolved: spec.resolved,
      tokens,
      queries: attend.length,
      attendMs: digits(median(attend)),
      attendMsMin: digits(Math.min(...attend)),
      attendMsMax: digits(Math.max(...attend)),
      predictedMs: digits(bytesRead(times) * msPerByte),
      prepares: prepare.length,
      prepareMs: digits(median(prepare)),
      prepareMsMin: digits(Math.min(...prepare)),
      prepareMsMax: digits(Math.max(...prepare)),
      kvReadBytes,
      indexReadBytes,
      flops,
    };
  });
}

/** Number of lengths in the fit of exponents: the longest ones, 64K to 1M. */
const fitted = 5;

const resamples = 1000;

/** Makes a row for each variant. @param all measurements by ascending length, with dense attention */
export function scalingSummaries(all: readonly ScalingTimes[]): ScalingSummary[] {
  const dense = denseOf(all);
  const random = new Random("scaling/bootstrap");
  return [...groupBy(all, ({ spec }) => spec.text)].map(([variant, own]) => {
    const last = own.slice(-fitted);
    const longest = last.at(-1)!;
    const logs = last.map(({ tokens }) => Math.log(tokens));
    const exponentOf = (medians: readonly number[]): number => slope(logs, medians.map(Math.log));
    const exponent = bootstrapOf(() => exponentOf(last.map(({ attend }) => resampledMedian(attend, random))));
    const speedUp = bootstrapOf(
      () => resampledMedian(dense.attend, random) / resampledMedian(longest.attend, random),
    );
    return {
      variant,
      fromTokens: last[0]!.tokens,
      toTokens: longest.tokens,
      exponent: digits(exponentOf(last.map(({ attend }) => median(attend)))),
      exponentLow: digits(exponent.low),
      exponentHigh: digits(exponent.high),
      predictedExponent: digits(
        slope(
          logs,
          last.map((times) => Math.log(bytesRead(times))),
        ),
      ),
      speedUp: digits(median(dense.attend) / median(longest.attend)),
      speedUpLow: digits(speedUp.low),
      speedUpHigh: digits(speedUp.high),
      predictedSpeedUp: digits(bytesRead(dense) / bytesRead(longest)),
    };
  });
}

const resampledMedian = (values: readonly number[], random: Random): number =>
  median(values.map(() => random.pick(values)));

/** Percentile bootstrap interval at 95% of a statistic that draws its own resamples. */
const bootstrapOf = (statistic: () => number): Interval =>
  percentileInterval(Float64Array.from({ length: resamples }, statistic));
