import type { StepCost } from "../../core/cost.ts";
import { Random } from "../../core/random.ts";
import { median, percentileInterval, slope } from "../../core/stats.ts";
import type { Interval } from "../../core/stats.ts";
import type { Column } from "../../core/table.ts";
import { groupBy } from "../../core/group.ts";
import { shape } from "./measure.ts";
import type { ScalingTimes } from "./measure.ts";

type Documented<T> = Readonly<Record<keyof T, Omit<Column, "name">>>;

/** Columns from what is said of the keys of a row, in its order. */
const columnsOf = <T>(documented: Documented<T>): Column[] =>
  Object.entries<Omit<Column, "name">>(documented).map(([name, column]) => ({ name, ...column }));

const ms = (doc: string): Omit<Column, "name"> => ({ type: "number", doc, unit: "ms" });
const number = (doc: string): Omit<Column, "name"> => ({ type: "number", doc });

/** One variant at one length: a line of data.csv. */
export type ScalingRow = {
  readonly variant: string;
  readonly resolved: string;
  readonly tokens: number;
  readonly queries: number;
  readonly attendMs: number;
  readonly attendMsMin: number;
  readonly attendMsMax: number;
  readonly predictedMs: number;
  readonly prepares: number;
  readonly prepareMs: number;
  readonly prepareMsMin: number;
  readonly prepareMsMax: number;
  readonly kvReadBytes: number;
  readonly indexReadBytes: number;
  readonly flops: number;
};

export const rowColumns: readonly Column[] = columnsOf<ScalingRow>({
  variant: { type: "string", doc: "attention variant spec" },
  resolved: { type: "string", doc: "attention variant spec, every parameter named" },
  tokens: { type: "integer", doc: "tokens in the cache", unit: "tokens" },
  queries: { type: "integer", doc: "queries measured, each of one position and all heads" },
  attendMs: ms("time of a query, median"),
  attendMsMin: ms("time of the fastest query"),
  attendMsMax: ms("time of the slowest query"),
  predictedMs: ms("bytes that a query reads, at the rate at which dense attention reads the longest cache"),
  prepares: { type: "integer", doc: "how often the index was built" },
  prepareMs: ms("time of building the index, median"),
  prepareMsMin: ms("shortest time of building the index"),
  prepareMsMax: ms("longest time of building the index"),
  kvReadBytes: {
    type: "number",
    doc: "K and V that a query reads, by the variant's cost formula",
    unit: "B",
  },
  indexReadBytes: { type: "number", doc: "index that a query reads, by the same", unit: "B" },
  flops: { type: "number", doc: "floating point operations of a query, by the same", unit: "FLOP" },
});

/** One variant over the last lengths: a line of summary.csv. */
export type ScalingSummary = {
  readonly variant: string;
  readonly fromTokens: number;
  readonly toTokens: number;
  readonly exponent: number;
  readonly exponentLow: number;
  readonly exponentHigh: number;
  readonly predictedExponent: number;
  readonly speedUp: number;
  readonly speedUpLow: number;
  readonly speedUpHigh: number;
  readonly predictedSpeedUp: number;
};

export const summaryColumns: readonly Column[] = columnsOf<ScalingSummary>({
  variant: { type: "string", doc: "attention variant spec" },
  fromTokens: {
    type: "integer",
    doc: "first of the lengths over which exponents are fitted",
    unit: "tokens",
  },
  toTokens: { type: "integer", doc: "last of them, and the length of the speed-up", unit: "tokens" },
  exponent: number("slope of log time of a query over log tokens, medians, least squares"),
  exponentLow: number("lower end of its 95% bootstrap interval over the queries"),
  exponentHigh: number("upper end"),
  predictedExponent: number("slope of log bytes read over log tokens, by the cost formula"),
  speedUp: number("time of a query of dense attention over that of this variant, medians"),
  speedUpLow: number("lower end of its 95% bootstrap interval over the queries"),
  speedUpHigh: number("upper end"),
  predictedSpeedUp: number("bytes that dense attention reads over those of this variant"),
});

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

/** Dense attention at the longest length, which the others are compared with. */
function denseOf(all: readonly ScalingTimes[]): ScalingTimes {
  const dense = all.filter(({ spec }) => spec.variant.name === "dense").at(-1);
  if (dense === undefined) throw new Error("nothing to compare with: dense attention was not measured");
  return dense;
}

const digits = (value: number): number => Number(value.toPrecision(4));

/** A line for each measurement. @param all by ascending length, dense attention among them */
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

/** Lengths over which exponents are fitted: 64K ... 1M of 4K ... 1M. */
const fitted = 5;

const resamples = 1000;

/** A line for each variant. @param all by ascending length, dense attention among them */
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
