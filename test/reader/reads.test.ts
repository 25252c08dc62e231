import { describe, expect, it } from "vitest";
import { mean } from "../../src/core/stats.ts";
import { makeTrial } from "../../src/trial/make-trial.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { projectionNoise } from "../../src/reader/readout.ts";
import type { TrialRow } from "../../src/trial/columns.ts";
import { runTrials } from "../../src/trial/run.ts";
import { meanFieldRow } from "../../src/trial/mean-field.ts";
import type { NumericTrial } from "../../src/trial/trial.ts";

const ops = await loadEngine("wasm", { threads: 1 });

function numerics(trial: NumericTrial): TrialRow {
  let found: TrialRow | undefined;
  runTrials([trial], { ops, onRow: (_, row) => (found = row) });
  return found!;
}

const trialOf = (reader: Record<string, number>, more: object = {}): NumericTrial =>
  makeTrial({
    mode: "numerics",
    task: "graphwalks(operation=bfs)",
    variant: "dense",
    tokens: "4K",
    reader,
    ...more,
  });

describe("reads", () => {
  it("once is the default, and no reader parameter of a trial", () => {
    expect(trialOf({ reads: 1 })).toEqual(trialOf({}));
  });

  it("average the noise of the residual stream", () => {
    const reader = { residualNoise: 0.7, headDim: 128, kvHeads: 4, reads: 1 };
    expect(projectionNoise(reader)).toBeCloseTo(0.7 / Math.sqrt(512), 12);
    expect(projectionNoise({ ...reader, reads: 16 })).toBeCloseTo(projectionNoise(reader) / 4, 12);
  });

  it("find what one read loses in the noise, in numerics as in the mean field", () => {
    const noisy = { residualNoise: 4 };
    const drawn = (trial: NumericTrial): TrialRow => meanFieldRow({ ...trial, mode: "mean-field" });
    const scores = (reads: number, row: (trial: NumericTrial) => TrialRow): number =>
      mean([0, 1, 2, 3].map((trial) => Number(row(trialOf({ ...noisy, reads }, { trial })).score)));
    const [once, often] = [1, 16].map((reads) => scores(reads, numerics));
    expect(once).toBeLessThan(0.3);
    expect(often).toBeGreaterThan(0.7);
    expect(scores(1, drawn)).toBeLessThan(0.3);
    expect(scores(16, drawn)).toBeGreaterThan(0.7);
  });

  it("cost what they read, and keep no more", () => {
    const [once, often] = [1, 4].map((reads) => numerics(trialOf({ reads }, { variant: "quest" })));
    for (const column of ["queries", "kvReadBytes", "indexReadBytes", "flops"] as const)
      expect(often![column]).toBe(4 * Number(once![column]));
    for (const column of ["keptBytes", "indexKeptBytes", "tokensRead", "recall", "goldMass"] as const)
      expect(often![column]).toBe(once![column]);
  });

  it("of several query heads have query noise each of its own", () => {
    const [once, often] = [1, 4].map((reads) =>
      numerics(trialOf({ reads, groupSize: 2, fidelity: 0.8 }, { task: "graphwalks(operation=parents)" })),
    );
    expect(often!.queries).toBe(4 * Number(once!.queries));
    expect(often!.goldMass).not.toBe(once!.goldMass);
    expect(Number(often!.goldMass)).toBeCloseTo(Number(once!.goldMass), 1);
  });

  it("of a conversation count the retrieval, not the counting in its prompt", () => {
    const trial = { task: "mrcr(needles=2)", tokens: "8K" };
    const [once, often] = [1, 3].map((reads) => numerics(trialOf({ reads }, trial)));
    expect(Number(often!.queries) - Number(once!.queries)).toBe(2);
  });

  it("take their share of a budget's step", () => {
    const budget = "system=gb200-nvl72,model=deepseek-v3,users=100,step-ms=25";
    const fitted = ([1, 8] as const).map((reads) =>
      Number(trialOf({ reads }, { variant: "dsa", tokens: "1M", budget }).budget!.value),
    );
    expect(fitted[1]).toBeLessThan(fitted[0]!);
  });
});
