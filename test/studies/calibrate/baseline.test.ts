import { describe, expect, it } from "vitest";
import { publishedScores } from "../../../src/files/published.ts";
import { againstBaseline, curveBaseline } from "../../../src/studies/calibrate/baseline.ts";
import { chooseTargets, targetsOf } from "../../../src/studies/calibrate/target.ts";
import type { TargetColumn } from "../../../src/studies/calibrate/target.ts";

const column = (benchmark: string, tokens: number, published: number): TargetColumn => ({
  name: `${benchmark}:${tokens}`,
  benchmark,
  column: String(tokens),
  published,
  tokens,
  problems: [],
});

describe("a curve without attention", () => {
  it("finds the numbers of a curve that made the scores, and predicts other lengths exactly", () => {
    const made = (benchmark: string, tokens: number): TargetColumn =>
      column(
        benchmark,
        tokens,
        (1 / (1 + (tokens / 300_000) ** 1.3)) ** (benchmark === "graphwalks-bfs" ? 2 : 1),
      );
    const found = curveBaseline({
      fitted: [
        made("mrcr-v2-8needle", 65_536),
        made("mrcr-v2-8needle", 262_144),
        made("mrcr-v2-8needle", 1_048_576),
        made("graphwalks-bfs", 256_000),
      ],
      "left out": [made("graphwalks-bfs", 1_024_000), made("graphwalks-parents", 128_000)],
    });
    expect(found.halfTokens / 300_000).toBeCloseTo(1, 2);
    expect(found.slope).toBeCloseTo(1.3, 2);
    expect(found.searchPower).toBeCloseTo(2, 2);
    expect(found.error.fitted).toBeLessThan(1e-3);
    expect(found.error["left out"]).toBeLessThan(1e-3);
  });

  it("misses the columns of GPT-5.4 that were left out by about 5.9 points", () => {
    const all = targetsOf(publishedScores(), "GPT-5.4");
    const fitted = chooseTargets(all, undefined);
    const { error } = curveBaseline({ fitted, "left out": all.filter((each) => !fitted.includes(each)) });
    // half at 2^19.384 tokens, slope 1.179, power 1.722
    expect(100 * error["left out"]!).toBeCloseTo(5.9, 1);
    expect(100 * error.fitted!).toBeCloseTo(1.69, 1);
  });

  it("has no error without columns", () => {
    expect(curveBaseline({ fitted: [column("a", 1000, 0.5)], "left out": [] }).error["left out"]).toBeNull();
  });
});

it("a reader beats the curve if its whole interval is below", () => {
  expect(againstBaseline({ value: 0.051, low: 0.021, high: 0.079 }, 0.058)).toBe("does not beat");
  expect(againstBaseline({ value: 0.03, low: 0.02, high: 0.05 }, 0.058)).toBe("beats");
  expect(againstBaseline({ value: 0.08, low: 0.07, high: 0.09 }, 0.058)).toBe("is worse than");
});
