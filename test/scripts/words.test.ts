import { expect, it } from "vitest";
import { against, beside, holdsValue } from "../../scripts/documents/results/words.ts";

const estimate = (mean: number, low: number, high: number) =>
  ({ mean, low, high, trials: 20, kind: "t" }) as const;

it("a difference is more or less only where its interval leaves out 0", () => {
  expect(against(estimate(0.4, 0.2, 0.6), "dense attention")).toBe(
    "more than dense attention (+.40 [.20 .60])",
  );
  expect(against(estimate(0.4, -0.1, 0.9), "selection")).toBe(
    "neither more nor less than selection (+.40 [-.10 .90])",
  );
  expect(against(estimate(-0.4, -0.6, -0.2), "selection")).toBe("less than selection (-.40 [-.60 -.20])");
});

it("a score agrees with a number that its interval holds", () => {
  expect(beside(estimate(0.76, 0.56, 0.95), 0.87, "the prototype's")).toBe(
    ".76 [.56 .95], which holds the prototype's .87",
  );
  expect(beside(estimate(0.07, 0.03, 0.13), 0.38, "the prototype's")).toContain("which leaves out");
  expect([holdsValue({ low: 0.1, high: 0.2 }, 0.2), holdsValue({ low: 0.1, high: 0.2 }, 0.21)]).toEqual([
    true,
    false,
  ]);
});
