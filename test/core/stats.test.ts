import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import {
  bootstrapMean,
  mean,
  median,
  percentileInterval,
  quantile,
  slope,
  variance,
  wilson,
} from "../../src/core/stats.ts";

describe("mean, variance, quantile", () => {
  it("agree with values worked by hand", () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(variance([1, 2, 6])).toBe(7);
    expect(quantile([0, 10, 20], 0.25)).toBe(5);
    expect(median([9, 1, 4])).toBe(4);
    expect(median([4, 1, 2, 9])).toBe(3);
  });

  it("are NaN where they are not defined", () => {
    expect([mean([]), variance([1]), median([])]).toEqual([NaN, NaN, NaN]);
  });
});

it("slope is that of the least-squares line", () => {
  expect(slope([1, 2, 3], [5, 7, 9])).toBe(2);
  expect(slope([0, 1, 2, 3], [0, 0, 0, 4])).toBeCloseTo(1.2, 12);
  expect(slope([1, 1], [0, 5])).toBeNaN();
});

describe("wilson", () => {
  // Newcombe 1998, Statist. Med. 17, 857-872, table I, method 3
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %i in %i is [%f, %f]", (successes, trials, low, high) => {
    const interval = wilson(successes, trials);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it("knows nothing without trials", () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it("holds the proportion, within [0, 1], and mirrors", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), (a, b) => {
        const trials = Math.max(a, b, 1);
        const successes = Math.min(a, b);
        const { low, high } = wilson(successes, trials);
        const mirrored = wilson(trials - successes, trials);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(successes / trials);
        expect(high).toBeGreaterThanOrEqual(successes / trials);
        expect(mirrored.low).toBeCloseTo(1 - high, 12);
      }),
    );
  });
});

describe("bootstrapMean", () => {
  it("depends on the seed alone", () => {
    const values = [0.1, 0.5, 0.9, 1, 0];
    expect(bootstrapMean(values, new Random(1))).toEqual(bootstrapMean(values, new Random(1)));
    expect(bootstrapMean(values, new Random(1))).not.toEqual(bootstrapMean(values, new Random(2)));
  });

  it("is as wide as the normal interval of a large sample", () => {
    const random = new Random("sample");
    const values = Array.from({ length: 400 }, () => random.uniform());
    const { low, high } = bootstrapMean(values, new Random("bootstrap"));
    const half = 1.96 * Math.sqrt(variance(values) / values.length);
    expect(low).toBeCloseTo(mean(values) - half, 2);
    expect(high).toBeCloseTo(mean(values) + half, 2);
  });

  it("has no width for equal values", () => {
    expect(bootstrapMean([0.5, 0.5, 0.5], new Random(1))).toEqual({ low: 0.5, high: 0.5 });
  });
});

it("leaves 2.5% of a sample on either side of its percentile interval", () => {
  const sample = Array.from({ length: 201 }, (_, i) => 200 - i);
  expect(percentileInterval(sample)).toEqual({ low: 5, high: 195 });
});
