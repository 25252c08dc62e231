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

/** Scores of a task at a length, a row each. */
const scored = (task: string, variant: string, tokens: number, scores: readonly number[], budget = "") =>
  scores.map((score) => row(task, variant, tokens, score, budget));

const six = (score: number): number[] => Array.from({ length: 6 }, () => score);

describe("effective length", () => {
  it("is the longest up to which the mean of the tasks' means is at least .856 at all lengths", () => {
    const rows = [
      ...scored("a", "dense", 4096, six(0.9)),
      ...scored("b", "dense", 4000, six(0.9)),
      ...scored("a", "dense", 8192, six(0.9)),
      ...scored("b", "dense", 8000, six(0.812)),
      ...scored("a", "dense", 16_384, six(1)),
      // better again at a length beyond one that fails
      ...scored("a", "dips", 4096, six(1)),
      ...scored("b", "dips", 4000, six(1)),
      ...scored("a", "dips", 8192, six(0)),
      ...scored("b", "dips", 8000, six(1)),
      ...scored("a", "dips", 16_384, six(1)),
      ...scored("b", "dips", 16_384, six(1)),
      ...scored("a", "quest", 4096, six(0.855)),
      ...scored("b", "quest", 4000, six(0.856)),
      row("a", "quest", 8192, null),
    ];
    const [dense, dips, quest] = effectiveLengths(rows);
    expect(dense!.tasks).toBe(2);
    expect(dense!.lengths.map(({ tokens, mean, trials }) => [tokens, mean, trials])).toEqual([
      [4000, expect.closeTo(0.9, 9), 12],
      [8000, expect.closeTo(0.856, 9), 12],
    ]);
    expect(dense!.effective!.tokens).toBe(8000);
    expect(dips!.effective).toMatchObject({ tokens: 4000, high: 4000 });
    expect(quest!.lengths).toHaveLength(1);
    expect(quest!.effective!.tokens).toBeNull();
  });

  it("takes a mean of exactly .856, and none below it", () => {
    const twelve = (score: number): number[] => Array.from({ length: 12 }, () => score);
    const at = (score: number) =>
      effectiveLengths([...scored("a", "x", 4096, twelve(1)), ...scored("a", "x", 8192, twelve(score))])[0]!;
    expect(at(0.856).lengths[1]!.mean).toBe(0.856);
    expect(at(0.856).effective!.tokens).toBe(8192);
    expect(at(0.8559).effective!.tokens).toBe(4096);
  });

  it("has an interval: the same by the ends of the means' intervals", () => {
    const [one] = effectiveLengths([
      ...scored("a", "x", 4096, [...six(1), ...six(1), ...six(1), ...six(1), ...six(1), ...six(1)]),
      ...scored("a", "x", 8192, [...six(1), ...six(1), 0.9, 0.7]),
      ...scored("a", "x", 16_384, [...six(0.8), ...six(0.8)]),
      ...scored("a", "x", 32_768, [...six(0.2), ...six(0.2)]),
    ]);
    expect(one!.effective).toEqual({ tokens: 8192, low: 4096, high: 16_384 });
  });

  it("is not claimed from one problem a task, nor from few trials", () => {
    const tasks = Array.from({ length: 11 }, (_, i) => `task ${i}`);
    const of = (problems: number) =>
      effectiveLengths(
        tasks.flatMap((task) =>
          scored(
            task,
            "x",
            4096,
            Array.from({ length: problems }, () => 0.99),
          ),
        ),
      )[0]!;
    expect(of(1).effective).toBeUndefined();
    expect(of(2).effective).toMatchObject({ tokens: 4096 });
    expect(effectiveLengths(scored("a", "x", 4096, [0.99, 0.98]))[0]!.effective).toBeUndefined();
  });

  it("ends before the first length with one problem a task", () => {
    const [one] = effectiveLengths([
      ...["a", "b"].flatMap((task) => scored(task, "x", 4096, six(1))),
      ...["a", "b"].flatMap((task) => scored(task, "x", 8192, [1])),
      ...["a", "b"].flatMap((task) => scored(task, "x", 16_384, six(1))),
    ]);
    expect(one!.lengths).toHaveLength(3);
    expect(one!.effective!.tokens).toBe(4096);
  });

  it("does not take trials of one task for another's: means of means", () => {
    const many = [...scored("a", "x", 4096, [...six(1), ...six(1)]), ...scored("b", "x", 4096, six(0.6))];
    expect(effectiveLengths(many)[0]!.effective!.tokens).toBeNull();
    expect(effectiveLengths(many.slice(0, 12))[0]!.effective!.tokens).toBe(4096);
  });

  it("keeps budgets apart, and fills the columns of summary.csv", () => {
    const budgets = [
      ...scored("a", "x", 4096, six(1), "users=10"),
      ...scored("a", "x", 4096, six(0), "users=20"),
    ];
    const found = summaryRows([...budgets, row("a", "x", 8192, null, "users=20")]);
    const shared = { variant: "x", tasks: 1, longest: 4096, trials: 6, scoreKind: "wilson" };
    // Wilson's interval of six in six begins at .61, and that of none in six ends at .39
    expect(found).toEqual([
      {
        ...shared,
        budget: "users=10",
        score: 1,
        scoreLow: expect.closeTo(0.6097, 4) as number,
        scoreHigh: 1,
        effective: 4096,
        effectiveLow: null,
        effectiveHigh: 4096,
      },
      {
        ...shared,
        budget: "users=20",
        score: 0,
        scoreLow: 0,
        scoreHigh: expect.closeTo(0.3903, 4) as number,
        effective: null,
        effectiveLow: null,
        effectiveHigh: null,
      },
    ]);
    expect(Object.keys(found[0]!).sort()).toEqual(summaryColumns.map(({ name }) => name).sort());
    expect(effectiveLengths([])).toEqual([]);
  });
});
