import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import {
  estimateDifference,
  estimateMean,
  estimateOverTasks,
  estimateScore,
  kindOf,
  mean,
  median,
  percentileInterval,
  quantile,
  slope,
  t95,
  variance,
  wilson,
} from "../../src/core/stats.ts";

describe("mean, variance, quantile", () => {
  it("agree with values worked by hand", () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(variance([1, 2, 6])).toBe(7);
    expect(variance([1, 3])).toBe(2);
    expect(quantile([0, 10, 20], 0.25)).toBe(5);
    expect(quantile([0, 10], 1)).toBe(10);
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

it("t95 is Student's quantile", () => {
  // scipy 1.x, stats.t.ppf(0.975, degrees)
  for (const [degrees, expected, error] of [
    [4, 2.7764451051977934, 1e-3],
    [9, 2.262157162798205, 2e-5],
    [19, 2.0930240544083087, 1e-6],
    [99, 1.9842169515086827, 1e-9],
  ] as const)
    expect(Math.abs(t95(degrees) - expected), `${degrees} degrees`).toBeLessThan(error);
});

describe("estimates of means", () => {
  it("give 0 and 1 Wilson's interval, whatever their number", () => {
    expect(estimateScore([1, 0])).toEqual({ mean: 0.5, ...wilson(1, 2), trials: 2, kind: "wilson" });
    expect(estimateScore(Array.from({ length: 20 }, () => 0))!.high).toBeCloseTo(0.1611, 4);
  });

  it("give fewer than ten other values their range, and no interval", () => {
    expect(estimateScore([0.07, 0.08])).toEqual({
      mean: expect.closeTo(0.075, 12) as number,
      low: 0.07,
      high: 0.08,
      trials: 2,
      kind: "range",
    });
    expect(estimateMean([3, 1, 2])).toEqual({ mean: 2, low: 1, high: 3, trials: 3, kind: "range" });
    expect(estimateDifference([0.5, -0.5])).toMatchObject({ mean: 0, low: -0.5, high: 0.5, kind: "range" });
  });

  it("give ten values Student's interval", () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    // standard deviation 3.02765; 2.262 of it over the root of 10
    const found = estimateMean(values)!;
    expect([found.mean, found.high - found.mean]).toEqual([5.5, expect.closeTo(2.1658, 3)]);
    expect(found.kind).toBe("t");
  });

  it("never leave the bounds of scores", () => {
    const low = estimateScore(Array.from({ length: 10 }, () => 0.01))!;
    const high = estimateScore(Array.from({ length: 10 }, () => 0.99))!;
    expect([low.low, high.high]).toEqual([0, 1]);
    expect([kindOf(9), kindOf(10), low.kind]).toEqual(["range", "t", "t"]);
    expect(estimateDifference(Array.from({ length: 10 }, () => 0.1))!.kind).toBe("t");
  });

  it("leave a doubt about ten equal scores, and about ten equal differences", () => {
    const scores = estimateScore(Array.from({ length: 10 }, () => 0.5))!;
    expect(scores).toMatchObject({ mean: 0.5, kind: "t" });
    // ten of .5, a 0 and a 1: variance .5 / 11
    expect(scores.high - 0.5).toBeCloseTo(2.201 * Math.sqrt(0.5 / 11 / 12), 3);
    const differences = estimateDifference(Array.from({ length: 10 }, () => 0))!;
    expect(differences.high).toBeCloseTo(2.201 * Math.sqrt(2 / 11 / 12), 3);
  });

  it("are undefined of nothing", () => {
    expect([estimateMean([]), estimateScore([]), estimateDifference([]), estimateOverTasks([])]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });

  it("over tasks are means of means, with the spread within tasks alone", () => {
    const [easy, hard] = [Array.from({ length: 6 }, () => 1), Array.from({ length: 6 }, () => 0)];
    const apart = estimateOverTasks([easy, hard])!;
    expect(apart).toMatchObject({ mean: 0.5, trials: 12, kind: "t" });
    // twelve of .5, a 0 and a 1
    expect(apart.high - 0.5).toBeCloseTo(t95(13) * Math.sqrt(0.5 / 13 / 14), 9);
    expect(estimateOverTasks([[1, 0.9], [0.2]])).toMatchObject({ mean: 0.575, kind: "range" });
    expect(estimateOverTasks([[1], []])).toBeUndefined();
    expect(estimateOverTasks([[1, 0, 1]])).toEqual(estimateScore([1, 0, 1]));
    const some = (count: number): number[] => Array.from({ length: count }, (_, i) => 0.3 + 0.2 * (i % 2));
    const kinds = [
      [some(4), some(5)],
      [some(8), some(2)],
      [some(12), some(1)],
    ].map((tasks) => estimateOverTasks(tasks)!.kind);
    expect(kinds).toEqual(["range", "t", "range"]);
  });

  it("over tasks take a degree of freedom for each task's mean", () => {
    const spread = (centre: number): number[] => [-0.1, 0.1, -0.1, 0.1, -0.1, 0.1].map((x) => centre + x);
    const found = estimateOverTasks([spread(0.5), spread(0.3)])!;
    // 12 residuals of .1 about .4 on 10 degrees of freedom, as on 11; a 0 and a 1
    const centre = (12 * 0.4 + 1) / 14;
    const squares = (0.12 * 11) / 10 + 12 * (0.4 - centre) ** 2 + centre ** 2 + (1 - centre) ** 2;
    expect(found.high - centre).toBeCloseTo(t95(13) * Math.sqrt(squares / 13 / 14), 9);
    expect(found.mean).toBeCloseTo(0.4, 12);
  });
});

describe("95% intervals hold the mean of their distribution", () => {
  /** Scores between 0 and 1 with a known mean. */
  interface Distribution {
    readonly mean: number;
    readonly draw: (random: Random) => number;
  }
  const bernoulli = (p: number): Distribution => ({
    mean: p,
    draw: (random) => (random.uniform() < p ? 1 : 0),
  });
  /** MRCR: exact, or a little like the answer. */
  const requests = (p: number): Distribution => ({
    mean: p + (1 - p) * 0.12,
    draw: (random) => (random.uniform() < p ? 1 : 0.02 + 0.2 * random.uniform()),
  });
  /** F1 of a search: whole, or with some nodes missing. */
  const searches = (missing: number): Distribution => ({
    mean: 1 - missing / 4,
    draw: (random) => (random.uniform() < missing ? 0.5 + 0.5 * random.uniform() : 1),
  });
  const uniform: Distribution = { mean: 0.5, draw: (random) => random.uniform() };
  const samples = 2000;

  /** Share of samples whose interval holds the mean. */
  function coverage({ mean: expected, draw }: Distribution, n: number, name: string): number {
    const random = new Random(`coverage/${name}/${n}`);
    let held = 0;
    for (let i = 0; i < samples; i++) {
      const found = estimateScore(Array.from({ length: n }, () => draw(random)))!;
      expect(found.kind).not.toBe("range");
      if (found.low <= expected && expected <= found.high) held++;
    }
    return held / samples;
  }

  it.each([5, 10, 20])("of 0 and 1, n = %i", (n) => {
    for (const p of [0.1, 0.25, 0.5, 0.75, 0.9])
      expect(coverage(bernoulli(p), n, `bernoulli ${p}`), `p = ${p}`).toBeGreaterThan(0.9);
  });

  it.each([10, 20, 50])("of other scores, n = %i", (n) => {
    for (const p of [0.05, 0.2, 0.5, 0.8, 0.95]) {
      expect(coverage(requests(p), n, `requests ${p}`), `requests, ${p}`).toBeGreaterThan(0.9);
      expect(coverage(searches(p), n, `searches ${p}`), `searches, ${p}`).toBeGreaterThan(0.9);
    }
    expect(coverage(uniform, n, "uniform")).toBeGreaterThan(0.9);
  });

  it.each([10, 20])("of paired differences, n = %i", (n) => {
    for (const [a, b] of [
      [0.9, 0.95],
      [0.5, 0.5],
      [0.2, 0.9],
    ] as const) {
      const random = new Random(`coverage/pairs/${a}/${b}/${n}`);
      const [first, second] = [requests(a), requests(b)];
      let held = 0;
      for (let i = 0; i < samples; i++) {
        const found = estimateDifference(
          Array.from({ length: n }, () => second.draw(random) - first.draw(random)),
        )!;
        const expected = second.mean - first.mean;
        if (found.low <= expected && expected <= found.high) held++;
      }
      expect(held / samples, `${a} and ${b}`).toBeGreaterThan(0.9);
    }
  });
});

it("leaves 2.5% of a sample on either side of its percentile interval", () => {
  const sample = Array.from({ length: 201 }, (_, i) => 200 - i);
  expect(percentileInterval(sample)).toEqual({ low: 5, high: 195 });
});
