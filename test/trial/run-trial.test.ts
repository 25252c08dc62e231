import { describe, expect, it } from "vitest";
import { loadEngine } from "../../src/engines/registry.ts";
import { planOf } from "../../src/runs/plan.ts";
import { runPlan } from "../../src/runs/run.ts";
import { makeTrial } from "../../src/trial/make-trial.ts";
import type { TrialOptions } from "../../src/trial/make-trial.ts";
import { runTrial } from "../../src/trial/run-trial.ts";
import type { RunTrialOptions } from "../../src/trial/run-trial.ts";
import { emptyFolder } from "../runs/folder.ts";

const walk = { task: "graphwalks(operation=parents)", tokens: 2000, variant: "oracle(k=64)" };

/** A budget but for its number of users. */
const rack = "system=gb200-nvl72,model=deepseek-v3,users=";

describe("runTrial", () => {
  it("gives the rows that the pool of runs writes", async () => {
    const asked: RunTrialOptions[] = [
      { ...walk, engine: "wasm", trial: 1, seed: 3 },
      { ...walk, engine: "reference", reader: { kvHeads: 2, headDim: "64" } },
      { ...walk, task: "mrcr(needles=2)", tokens: "8K", variant: "quest+fp8", mode: "mean-field" },
      { ...walk, variant: "oracle", tokens: 4000, budget: `${rack}300` },
      { ...walk, variant: "dense", tokens: 4000, budget: `${rack}4000000` },
    ];
    const plan = planOf(
      "one",
      "Is it the same?",
      asked.map((each) => makeTrial(each as TrialOptions)),
    );
    const { rows } = await runPlan(plan, { out: emptyFolder(), workers: 1, threads: 1 });
    expect(rows.map(({ fits }) => fits)).toEqual([true, true, true, true, false]);
    for (const [i, each] of asked.entries()) expect(await runTrial({ ...each, threads: 1 })).toEqual(rows[i]);
  });

  it("leaves an engine that it was given open, and gives the same row with it", async () => {
    const ops = await loadEngine("wasm", { threads: 1 });
    const first = await runTrial({ ...walk, engine: ops });
    expect(await runTrial({ ...walk, engine: ops })).toEqual(first);
    expect(await runTrial({ ...walk, engine: "wasm", threads: 2 })).toEqual(first);
    expect(first).toMatchObject({ engine: "wasm", mode: "numerics", score: 1 });
    ops.close();
  });

  it("refuses by name", async () => {
    await expect(runTrial({ ...walk, variant: "dnse" })).rejects.toThrow(/unknown attention variant "dnse"/);
    await expect(runTrial({ ...walk, engine: "abacus" })).rejects.toThrow(/unknown engine "abacus"; known:/);
    await expect(runTrial({ ...walk, threads: 0 })).rejects.toThrow(/threads must be an integer >= 1; got 0/);
    await expect(runTrial({ ...walk, task: "prefill", mode: "mean-field" })).rejects.toThrow(
      /the task prefill has no mean field/,
    );
  });
});
