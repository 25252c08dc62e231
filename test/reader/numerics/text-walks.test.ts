import { describe, expect, it } from "vitest";
import { decode } from "gpt-tokenizer/encoding/o200k_base";
import { loadEngine } from "../../../src/engines/registry.ts";
import { tokenStream } from "../../../src/reader/geometry/stream.ts";
import { drawProblem, parseTask } from "../../../src/tasks/spec.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import { makeTrial } from "../../../src/trial/make-trial.ts";
import { runTrials } from "../../../src/trial/run.ts";

const ops = await loadEngine("wasm", { threads: 1 });

function rowsOf(task: string, tokens: number, variants: readonly string[], geometry = "text"): TrialRow[] {
  const reader = { kvHeads: 8, sharpness: 7, geometry };
  const trials = variants.map((variant) => makeTrial({ task, variant, tokens, reader }));
  const rows: TrialRow[] = [];
  runTrials(trials, { ops, onRow: (_, row) => rows.push(row) });
  return rows;
}

const scoresOf = (...given: Parameters<typeof rowsOf>): number[] =>
  rowsOf(...given).map(({ score }) => score!);

const window = "sink-window(sinks=4,window=200)";

describe("walks over keys that follow the text", () => {
  const search = "graphwalks(depth=2,degree=3)";
  const parents = "graphwalks(operation=parents)";

  it("spell the targets of a search, which come after their sources, and no sources", () => {
    const problem = drawProblem(parseTask(search), { tokens: 2000, seed: 0, index: 0 });
    const { ids } = tokenStream(problem.messages);
    const { circuit } = problem;
    if (circuit.kind !== "graph-walk") throw new Error("a walk");
    const { value, spelled } = circuit.records;
    const { from, to } = spelled!;
    value.forEach((node, r) => {
      expect(`node:${decode([...ids.slice(from[r], to[r])]).trim()}`).toBe(problem.features[node]);
    });
    const backwards = drawProblem(parseTask(parents), { tokens: 2000, seed: 0, index: 0 }).circuit;
    expect("records" in backwards && backwards.records.spelled).toBeUndefined();
  });

  it("find with dense attention all that stands in short texts, and what a window keeps of it", () => {
    const [dense, kept] = scoresOf(search, 2000, ["dense", window]);
    expect(dense).toBe(1);
    expect(kept).toBeLessThan(0.7);
    const [found, lost] = scoresOf(parents, 2000, ["dense", window]);
    expect(found).toBe(1);
    expect(lost).toBeLessThan(1);
  });

  it("write nothing that no token of the answer is certain enough of", () => {
    expect(scoresOf(search, 2000, ["dense"], "text(guess=1)")).toEqual([0]);
  });

  it("ask for a parent in one query, and for a child token by token", () => {
    const [up] = rowsOf(parents, 2000, ["dense"]);
    const truth = drawProblem(parseTask(parents), { tokens: 2000, seed: 0, index: 0 });
    expect(up!.queries).toBe(truth.answer.split(",").length);
    const [down] = rowsOf("graphwalks(depth=1,degree=3)", 2000, ["dense"]);
    expect(down!.queries).toBeGreaterThan(3 * 3);
  });
});

describe("conversations over keys that follow the text", () => {
  it("are read by the first eight tokens of the reply that is asked for", () => {
    const [dense, kept] = rowsOf("mrcr(keys=whole)", 8192, ["dense", "sink-window(sinks=4,window=40)"]);
    expect(dense!.score).toBe(1);
    // blanks are given
    expect(dense!.queries).toBeLessThanOrEqual(8);
    expect(dense!.queries).toBeGreaterThan(4);
    expect(kept!.score).toBe(0);
  });

  it("take requests that share a format or a topic for half alike", () => {
    expect(scoresOf("mrcr(needles=2)", 8192, ["dense"])).toEqual([1]);
    expect(scoresOf("mrcr(needles=2)", 8192, ["dense"], "text(subject=0)")).toEqual([0]);
  });
});
