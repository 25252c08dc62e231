import { describe, expect, it } from "vitest";
import { Profile } from "../../src/core/profile.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { columns } from "../../src/trial/columns.ts";
import type { TrialRow } from "../../src/trial/columns.ts";
import { runTrials } from "../../src/trial/run.ts";
import { groupKey, trialId } from "../../src/trial/trial.ts";
import type { NumericTrial } from "../../src/trial/trial.ts";

const base: NumericTrial = {
  task: "graphwalks(operation=parents)",
  tokens: 2000,
  seed: 0,
  trial: 0,
  variant: "dense",
  reader: { kvHeads: 2 },
  mode: "numerics",
  engine: "reference",
};

async function run(trials: readonly NumericTrial[], engine = "reference", threads = 1): Promise<TrialRow[]> {
  const ops = await loadEngine(engine, { threads });
  const rows: TrialRow[] = [];
  let seconds = 0;
  runTrials(trials, {
    ops,
    onRow(_, row, took) {
      expect(took).toBeGreaterThan(0);
      rows.push(row);
    },
    clock: () => ++seconds,
  });
  ops.close();
  return rows;
}

describe("runTrials", () => {
  it("gives a row with every column, and no other", async () => {
    const [row] = await run([base]);
    expect(Object.keys(row!).sort()).toEqual(columns.map(({ name }) => name).sort());
    expect(row).toMatchObject({
      id: trialId(base),
      benchmark: "graphwalks-parents",
      family: "dense",
      fits: true,
    });
  });

  it("dense attention solves a short graph walk and a short conversation", async () => {
    const [walk] = await run([base]);
    const [talk] = await run([{ ...base, task: "mrcr(needles=2)", tokens: 8192 }], "wasm");
    expect(walk).toMatchObject({ score: 1, exact: true, recall: 1 });
    expect(talk).toMatchObject({ score: 1, exact: true, recall: 1 });
  });

  it("a row does not depend on what runs beside it, or in which order", async () => {
    const variants = ["oracle(k=64)", "dense", "dense+fp8", "sink-window"];
    const together = await run(variants.map((variant) => ({ ...base, variant })));
    const byId = new Map(together.map((row) => [row.id, row]));
    for (const variant of variants.toReversed()) {
      const [alone] = await run([{ ...base, variant }]);
      expect(byId.get(alone!.id)).toEqual(alone);
    }
  });

  it("wasm gives the same rows on one thread and two, and the reference's within rounding", async () => {
    const trials = ["dense", "oracle(k=64)"].map((variant) => ({ ...base, variant, engine: "wasm" }));
    const [one, two, reference] = [
      await run(trials, "wasm", 1),
      await run(trials, "wasm", 2),
      await run(trials),
    ];
    expect(two).toEqual(one);
    reference.forEach((row, i) => {
      expect(row.score).toBe(one[i]!.score);
      expect(Number(row.goldMass)).toBeCloseTo(Number(one[i]!.goldMass), 5);
    });
  });

  it("a variant that does not fit its budget gets a row without a score", async () => {
    const budget = {
      text: "users=9999",
      system: "gb200-nvl72",
      model: "deepseek-v3",
      users: 9999,
      param: "",
      value: "",
      fits: false,
      short: "KV by 1 GB",
    };
    const rows = await run([{ ...base, budget }, base]);
    expect(rows.find((row) => row.fits === false)).toMatchObject({ score: null, budget: "users=9999" });
    expect(rows.find((row) => row.fits === true)).toMatchObject({ score: 1 });
  });

  it("trials that settle to one variant and reader share their outcome, each with its own row", async () => {
    const budgets = [100, 200].map((users) => ({
      text: `users=${users}`,
      system: "gb200-nvl72",
      model: "deepseek-v3",
      users,
      param: "k",
      value: 64,
      fits: true,
      short: "",
    }));
    const trials = [
      ...budgets.map((budget) => ({ ...base, variant: "oracle", fitted: "oracle(k=64)", budget })),
      { ...base, variant: "oracle(k=64)" },
      { ...base, variant: "oracle(k=32)" },
    ];
    const ops = await loadEngine("reference");
    const rows: TrialRow[] = [];
    const profile = new Profile(() => 0);
    runTrials(trials, { ops, onRow: (_, row) => rows.push(row), profile });
    const attended = profile.times().filter(({ part }) => part === "attend");
    expect(attended.map(({ owner }) => owner).sort()).toEqual(["oracle", "oracle(k=32)"]);
    expect(rows.map(({ users }) => users)).toEqual([100, 200, null, null]);
    for (const [i, trial] of trials.entries()) expect(await run([trial])).toEqual([rows[i]]);
  });
});

describe("trialId", () => {
  it("of a numeric trial is that of results before trials had a mode", () => {
    const trial = { ...base, reader: {}, engine: "wasm" };
    // of results/length-sweep
    expect(trialId({ ...trial, tokens: 4000 })).toBe("8f78ba5e767cbf9e");
    expect(trialId({ ...trial, mode: "mean-field" })).not.toBe(trialId(trial));
  });

  it("does not depend on the order of keys, but on every value", () => {
    const reordered = Object.fromEntries(Object.entries(base).toReversed()) as unknown as NumericTrial;
    expect(trialId(reordered)).toBe(trialId(base));
    for (const other of [
      { seed: 1 },
      { trial: 1 },
      { variant: "moba" },
      { tokens: 4000 },
      { reader: { kvHeads: 3 } },
    ]) {
      expect(trialId({ ...base, ...other })).not.toBe(trialId(base));
    }
  });

  it("groups what shares a problem and a reader, whatever the variant", () => {
    expect(groupKey({ ...base, variant: "moba" })).toBe(groupKey(base));
    expect(groupKey({ ...base, trial: 1 })).not.toBe(groupKey(base));
  });

  it("says where the time goes: shared parts and those of each variant add up to all of it", async () => {
    const ops = await loadEngine("reference");
    let now = 0;
    const clock = (): number => ++now;
    for (const task of ["graphwalks", "mrcr(needles=2)"]) {
      const trials = ["dense", "quest"].map((variant) => ({ ...base, task, tokens: 4096, variant }));
      const profile = new Profile(clock);
      const began = now;
      const rows: TrialRow[] = [];
      runTrials(trials, { ops, onRow: (_, row) => rows.push(row), clock, profile });
      const times = profile.times();
      expect(times.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(now - began);
      const partsOf = (of: string): string[] =>
        times.filter(({ owner }) => owner === of).map(({ part }) => part);
      expect(partsOf("")).toEqual(expect.arrayContaining(["generate", "tokenise", "embed", "other"]));
      for (const variant of ["dense", "quest"])
        expect(partsOf(variant)).toEqual(expect.arrayContaining(["prepare", "attend", "decode", "score"]));
      expect(rows).toEqual(await run(trials));
    }
  });
});
