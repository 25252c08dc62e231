import { describe, expect, it } from "vitest";
import { differenceCurves, unlikeProblems } from "../../src/figures/paired.ts";
import { differences } from "../../src/figures/differences.ts";
import { differenceTables } from "../../src/runs/summary.ts";
import { trialRow } from "../../src/trial/columns.ts";
import type { TrialRow } from "../../src/trial/columns.ts";

const row = (variant: string, trial: number, score: number, more: Partial<TrialRow> = {}): TrialRow =>
  trialRow({ task: "t", benchmark: "b", variant, tokensNominal: 4096, seed: 0, trial, score, ...more });

const problems = Array.from({ length: 10 }, (_, n) => n);

describe("differences from a reference", () => {
  // problems differ much, and quest is .1 below dense on each of them
  const rows = problems.flatMap((n) => [row("dense", n, (n + 1) / 10), row("quest", n, (n + 1) / 10 - 0.1)]);

  it("are of the same problems: narrow where the variants' own intervals overlap", () => {
    const [point, ...others] = differenceCurves(rows, "dense");
    expect(others).toEqual([]);
    expect(point).toMatchObject({ panel: "b", series: "quest", trials: 10, kind: "t" });
    expect(point!.mean).toBeCloseTo(-0.1, 12);
    // ten of -.1, a -1 and a 1: Student's interval by hand
    const values = [...problems.map(() => -0.1), -1, 1];
    const mean = -1 / 12;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 11;
    expect(point!.high).toBeCloseTo(mean + 2.201 * Math.sqrt(variance / 12), 3);
  });

  it("leave out problems that one of the two was not asked", () => {
    const [point] = differenceCurves([...rows, row("quest", 10, 1), row("dense", 11, 1)], "dense");
    expect(point!.trials).toBe(10);
    expect(point!.mean).toBeCloseTo(-0.1, 12);
  });

  it("compare a variant with its own dtype with the reference, and rows of one setting with each other", () => {
    const narrow = problems.map((n) => row("dense+fp8", n, 0, { kvDtype: "fp8" }));
    const wide = problems.map((n) => row("dense", n, 0.5, { kvDtype: "f32" }));
    expect(differenceCurves([...narrow, ...wide], "dense")[0]).toMatchObject({ mean: -0.5, trials: 10 });
    const often = problems.flatMap((n) => [
      row("dense", n, 0.2, { reads: 1 }),
      row("dense", n, 0.8, { reads: 4 }),
      row("dsa", n, 0.3, { reads: 1 }),
      row("dsa", n, 1, { reads: 4 }),
    ]);
    expect(differenceCurves(often, "dense").map(({ series, mean }) => [series, mean])).toEqual([
      ["dsa, reads 1", expect.closeTo(0.1, 9)],
      ["dsa, reads 4", expect.closeTo(0.2, 9)],
    ]);
  });

  it("refuse a reference without rows, by name", () => {
    expect(() => differenceCurves(rows, "dens")).toThrow(
      'no rows of the reference "dens"; variants: dense, quest',
    );
  });

  it("make a table and a figure", () => {
    const [table] = differenceTables(rows, "dense");
    expect(table).toMatchObject({ panel: "b", title: "b, minus dense", columns: ["4K"] });
    expect(table!.lines.map(({ series }) => series)).toEqual(["quest"]);
    expect([differences.applies(rows), differences.applies(rows, "dense")]).toEqual([false, true]);
    const longer = rows.map((each) => ({ ...each, tokensNominal: 8192 }));
    for (const shown of [rows, [...rows, ...longer]]) {
      const text = JSON.stringify(differences.spec(shown, { title: "", published: [], reference: "dense" }));
      expect(text).toContain("on the same problems");
      expect(text).toContain("n=10");
    }
  });
});

it("says where variants were not asked the same problems", () => {
  const same = problems.flatMap((n) => [row("dense", n, 1), row("quest", n, 1)]);
  expect(unlikeProblems(same)).toEqual([]);
  expect(unlikeProblems([...same, row("dense", 10, 1)])).toEqual([
    "b, 4K: variants were not asked the same problems: dense 11, quest 10; 10 in common",
  ]);
  expect(unlikeProblems([row("dense", 0, 1), row("quest", 0, 1, { seed: 1 })])[0]).toContain("0 in common");
  expect(unlikeProblems([row("a", 0, 1, { trial: null }), row("b", 0, 1, { trial: null })])).toEqual([]);
});
