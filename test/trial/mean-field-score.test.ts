import { expect, it } from "vitest";
import { mean } from "../../src/core/stats.ts";
import { meanFieldScore } from "../../src/trial/mean-field-score.ts";
import { runTrial } from "../../src/trial/run-trial.ts";

const search = { task: "graphwalks(operation=bfs)", tokens: "256K", variant: "dense" };

it("is the mean of single trials, within its interval", async () => {
  const rows = await Promise.all(
    [0, 1, 2, 3].map((trial) => runTrial({ ...search, trial, mode: "mean-field" })),
  );
  const { mean: score, low, high, trials } = meanFieldScore(search, 4);
  expect(score).toBeCloseTo(mean(rows.map((row) => row.score!)), 12);
  expect(trials).toBe(4);
  expect(low).toBeLessThanOrEqual(score);
  expect(high).toBeGreaterThanOrEqual(score);
});

it("refuses what has no score", () => {
  const budget = "system=gb200-nvl72,model=deepseek-v3,users=4000000";
  expect(() => meanFieldScore({ ...search, budget }, 2)).toThrow(/dense does not fit its budget: /);
  expect(() => meanFieldScore(search, 0)).toThrow("problems must be an integer >= 1; got 0");
  expect(() => meanFieldScore({ ...search, task: "prefill" }, 2)).toThrow(
    "the task prefill has no mean field",
  );
});
