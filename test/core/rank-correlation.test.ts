import { expect, it } from "vitest";
import { kendall, ranks, spearman } from "../../src/core/rank-correlation.ts";

it("ranks values from the least, equal ones by the mean of their ranks", () => {
  expect(ranks([30, 10, 20, 20])).toEqual([4, 1, 2.5, 2.5]);
});

it("correlates ranks: scipy.stats.spearmanr and kendalltau on the same numbers", () => {
  const [x, y] = [
    [1, 2, 3, 4, 5, 6],
    [2, 1, 4, 3, 6, 6],
  ];
  expect(spearman(x, y)).toBeCloseTo(0.8697, 4);
  expect(kendall(x, y)).toBeCloseTo(0.69007, 4);
  expect(spearman(x, x)).toBeCloseTo(1, 12);
  expect(kendall(x, x.toReversed())).toBeCloseTo(-1, 12);
});

it("says nothing of values that are all equal", () => {
  expect(spearman([1, 1], [1, 2])).toBeNull();
  expect(kendall([1, 1], [1, 2])).toBeNull();
});
