import { describe, expect, it } from "vitest";
import { effectiveLengths, summaryColumns, summaryRows } from "../../src/runs/effective.ts";
import { trialRow } from "../../src/trial/columns.ts";
import type { TrialRow } from "../../src/trial/columns.ts";

const row = (
  task: string,
  variant: string,
  tokensNominal: number,
  score: number | null,
  budget = "",
): TrialRow => trialRow({ task, benchmark: task, variant, tokensNominal, score, budget });

describe("effective length", () => {
  const rows = [
    row("a", "dense", 4096, 1),
    row("a", "dense", 4096, 0.8),
    row("a", "dense", 8192, 0.9),
    row("a", "dense", 16_384, 1),
    row("b", "dense", 4000, 0.9),
    row("b", "dense", 8000, 0.812),
    row("a", "quest", 4096, 0.855),
    row("b", "quest", 4000, 0.856),
    row("a", "quest", 8192, null),
    row("b", "quest", 8000, 1),
  ];

  it("is the longest at which the mean of the tasks' means is at least .856", () => {
    const [dense, quest] = effectiveLengths(rows);
    expect(dense!.tasks).toBe(2);
    expect(dense!.lengths.map(({ tokens }) => tokens)).toEqual([4000, 8000]);
    expect(dense!.lengths.map(({ score }) => score)).toEqual([
      expect.closeTo(0.9, 9),
      expect.closeTo(0.856, 9),
    ]);
    expect(dense!.effective).toBe(8000);
    expect(quest!.lengths).toHaveLength(1);
    expect(quest!.effective).toBeUndefined();
  });

  it("does not take trials of one task for another's: means of means", () => {
    const many = [...Array.from({ length: 9 }, () => row("a", "x", 4096, 1)), row("b", "x", 4096, 0.6)];
    expect(effectiveLengths(many)[0]!.effective).toBeUndefined();
    expect(effectiveLengths(many.slice(0, 9))[0]!.effective).toBe(4096);
  });

  it("keeps budgets apart, and fills the columns of summary.csv", () => {
    const budgets = [row("a", "x", 4096, 1, "users=10"), row("a", "x", 4096, 0, "users=20")];
    const found = summaryRows([...budgets, row("a", "x", 8192, null, "users=20")]);
    expect(found).toEqual([
      { variant: "x", budget: "users=10", tasks: 1, longest: 4096, score: 1, effective: 4096 },
      { variant: "x", budget: "users=20", tasks: 1, longest: 4096, score: 0, effective: null },
    ]);
    expect(Object.keys(found[0]!)).toEqual(summaryColumns.map(({ name }) => name));
    expect(effectiveLengths([])).toEqual([]);
  });
});
