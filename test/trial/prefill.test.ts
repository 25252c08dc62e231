import { describe, expect, it } from "vitest";
import { makeTrial } from "../../src/trial/make-trial.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { runTrials } from "../../src/trial/run.ts";
import type { TrialRow } from "../../src/trial/columns.ts";
import { drawProblem, parseTask } from "../../src/tasks/spec.ts";

const ops = await loadEngine("wasm", { threads: 2 });

function rowsOf(task: string, variants: readonly string[], tokens = 2000): Map<string, TrialRow> {
  const trials = variants.map((variant) =>
    makeTrial({ task, variant, tokens, reader: { headDim: 64, kvHeads: 2 } }),
  );
  const rows = new Map<string, TrialRow>();
  runTrials(trials, { ops, onRow: ({ variant }, row) => rows.set(variant, row) });
  return rows;
}

describe("the prefill task", () => {
  const patterns = [
    "a-shape(sinks=8,window=100)",
    "tri-shape(sinks=8,window=100,last=300)",
    "vertical-slash(slash=300)",
  ];
  const rows = rowsOf("prefill(queries=512)", [
    ...[
      "dense",
      "snapkv(budget=64)",
      "a-shape",
      "oracle(k=500)",
      "moba(block=64,k=4)",
      "flexprefill",
      "xattention",
    ],
    ...patterns,
  ]);
  const score = (variant: string): number => rows.get(variant)!.score as number;

  it("is without error for what reads everything while the cache is built", () => {
    for (const variant of ["dense", "snapkv(budget=64)", "a-shape"]) {
      expect(score(variant)).toBeGreaterThan(0.9999);
      expect(rows.get(variant)!.exact).toBe(true);
    }
    expect(rows.get("snapkv(budget=64)")!.tokensRead).toBe(rows.get("dense")!.tokensRead);
  });

  it("tells what a pattern leaves out", () => {
    for (const variant of patterns) {
      expect(rows.get(variant)!.tokensRead).toBeLessThan(rows.get("dense")!.tokensRead as number);
      expect(score(variant)).toBeLessThan(0.95);
    }
    expect(score(patterns[1]!)).toBeGreaterThan(score(patterns[0]!));
    expect(score("oracle(k=500)")).toBeGreaterThan(score("moba(block=64,k=4)"));
  });

  it("asks in blocks of positions, the last at the end, and all positions where there are no more", () => {
    expect(rows.get("dense")!.queries).toBe(512);
    const all = rowsOf("prefill(queries=100000)", ["dense"], 1000).get("dense")!;
    expect(all.queries).toBe(all.tokens);
  });

  it("has the text and the records of a graph walk", () => {
    const problem = drawProblem(parseTask("prefill"), { tokens: 2000, seed: 0, index: 0 });
    expect(problem.messages[0]!.content).toMatch(/->/);
    expect(problem.circuit).toMatchObject({ kind: "prefill-error", asking: 0.1, queries: 1024 });
    expect(problem.score(problem.respond([0.25]))).toEqual({ score: 0.8, exact: false });
    expect(problem.score("no number")).toEqual({ score: 0, exact: false });
    expect(problem.score(problem.answer)).toEqual({ score: 1, exact: true });
  });
});
