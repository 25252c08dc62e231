import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../../src/files/csv.ts";
import { judgeConclusion, marginConclusions } from "../../../src/studies/margins/conclusions.ts";
import type { BoundedNumber, MarginConclusion } from "../../../src/studies/margins/conclusions.ts";
import {
  marginOf,
  margins,
  readerAtMargin,
  sharpnessLikeDefault,
} from "../../../src/studies/margins/reader.ts";
import { drawScores, MarginScores, marginTasks } from "../../../src/studies/margins/scores.ts";
import type { MarginTask } from "../../../src/studies/margins/scores.ts";

const results = (file: string): Record<string, string>[] =>
  readCsv<string>(join(import.meta.dirname, "../../../results/margins", file), []);

describe("a reader at a margin", () => {
  it("has it by smaller heads of the same width, or by less fidelity", () => {
    for (const margin of margins) {
      const own = readerAtMargin("dimension", margin);
      expect(Math.abs(marginOf(own) - margin)).toBeLessThan(0.1);
      expect(Math.abs(own.headDim! * own.kvHeads! - 512)).toBeLessThan(20);
      expect(marginOf(readerAtMargin("fidelity", margin))).toBeCloseTo(margin, 10);
    }
    expect(readerAtMargin("dimension", margins.at(-1)!)).toEqual({ headDim: 128, kvHeads: 4 });
  });

  it("gets the default's sharpness back where it is the default reader", () => {
    const curve = { lengths: ["1M"], problems: 4 };
    const { sharpness, distance } = sharpnessLikeDefault(marginTasks.searches, curve, {});
    expect(Math.abs(sharpness - 1.25)).toBeLessThan(0.04);
    expect(distance).toBeLessThan(0.1);
  });
});

describe("a verdict", () => {
  const estimate = (low: number, high: number) =>
    ({ mean: (low + high) / 2, low, high, trials: 20, kind: "t" }) as const;
  const above = (low: number, high: number): BoundedNumber => ({
    estimate: estimate(low, high),
    above: 0,
    below: Infinity,
  });
  const judge = (numbers: readonly BoundedNumber[], ground?: number): string => {
    const conclusion: MarginConclusion = {
      name: "made up",
      text: "made up",
      numbers: () => numbers,
      ...(ground !== undefined && { ground: () => estimate(ground, ground) }),
    };
    return judgeConclusion(conclusion, new MarginScores(() => [])).verdict;
  };

  it.each([
    ["holds", [above(0.1, 0.3)], undefined],
    ["undecided", [above(-0.1, 0.3)], undefined],
    ["fails", [above(-0.3, 0)], undefined],
    ["fails", [above(0.1, 0.3), above(-0.1, 0.3), above(-0.3, -0.1)], undefined],
    ["undecided", [above(0.1, 0.3), above(-0.1, 0.3)], 0.1],
    ["empty", [above(0.1, 0.3)], 0.05],
  ])("%s", (verdict, numbers, ground) => {
    expect(judge(numbers, ground)).toBe(verdict);
  });
});

describe("results/margins", () => {
  const cells = results("cells.csv");
  const committed = results("conclusions.csv");
  const readers = results("readers.csv");

  const readerOf = (margin: string): Record<MarginTask, object> =>
    Object.fromEntries(
      Object.entries(marginTasks).map(([name, task]) => {
        const row = readers.find(
          (one) => one["way"] === "dimension" && one["margin"] === margin && one["task"] === task,
        )!;
        const numbers = ["headDim", "kvHeads", "fidelity", "sharpness"].map((key) => [key, Number(row[key])]);
        return [name, Object.fromEntries(numbers)];
      }),
    ) as Record<MarginTask, object>;

  it("has the scores and the verdicts that its readers give", () => {
    for (const margin of ["6", "8"]) {
      const scores = new MarginScores(drawScores(readerOf(margin), 20));
      for (const name of ["nsa-beats-dense", "dsa-beats-dense"]) {
        const conclusion = marginConclusions.find((one) => one.name === name)!;
        const { verdict, decided } = judgeConclusion(conclusion, scores);
        const before = committed.find((row) => row["conclusion"] === name && row["margin"] === margin)!;
        expect([name, margin, verdict]).toEqual([name, margin, before["verdict"]]);
        const { mean, low, high } = decided.estimate;
        expect([mean, low, high].map((x) => x.toFixed(9))).toEqual(
          ["number", "low", "high"].map((key) => Number(before[key]).toFixed(9)),
        );
      }
      for (const { cell, scores: own } of scores.cells()) {
        const row = cells.find(
          (one) =>
            one["margin"] === margin &&
            one["task"] === marginTasks[cell.task] &&
            one["variant"] === cell.variant &&
            one["tokens"] === cell.tokens &&
            one["reads"] === "1",
        )!;
        expect(own.reduce((a, b) => a + b) / own.length).toBeCloseTo(Number(row["score"]), 9);
      }
    }
  });

  it("judges by its own numbers and bounds", () => {
    const bound = (text: string, none: number): number => (text === "" ? none : Number(text));
    for (const row of committed) {
      const [low, high] = [Number(row["low"]), Number(row["high"])];
      const [above, below] = [bound(row["above"]!, -Infinity), bound(row["below"]!, Infinity)];
      const verdict =
        high <= above || low >= below ? "fails" : low > above && high < below ? "holds" : "undecided";
      expect([verdict, "empty"]).toContain(row["verdict"]);
      expect(Number(row["trials"])).toBeGreaterThanOrEqual(20);
    }
  });

  it("holds dense attention at 8, and at no smaller margin by fidelity", () => {
    const distances = (way: string, margin: string): number[] =>
      readers
        .filter((row) => row["way"] === way && row["margin"] === margin)
        .map(({ distance }) => Number(distance));
    expect(Math.max(...distances("dimension", "8"))).toBeLessThan(0.1);
    for (const margin of ["4", "5", "6", "8"])
      expect(Math.min(...distances("fidelity", margin))).toBeGreaterThan(0.1);
  });
});
