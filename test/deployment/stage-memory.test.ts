import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { parseQuantity } from "../../src/core/units.ts";
import { divisionOf } from "../../src/deployment/division.ts";
import type { Division } from "../../src/deployment/division.ts";
import { cacheBytesOn, memoryOn } from "../../src/deployment/memory.ts";
import { memoryParts } from "../../src/deployment/memory-parts.ts";
import { leftByWeights, weightBytesByPart } from "../../src/deployment/weights.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import { systems } from "../../src/hardware/systems/all.ts";

const divided = (name: string, parallel: string): Division => {
  const model = models.get(name);
  const on = { system: systems.get("gb200-nvl72"), model, spec: parseSpec(nativeOf(model)) } as const;
  return divisionOf({ ...on, weights: "fp8", kvDtype: "fp8" }, parseParallel(parallel, model));
};

const gigabytes = 200e9;

describe("memory of stages", () => {
  it("is what all weights leave with one stage", () => {
    const division = divided("llama-3.1-70b", "tp=2");
    const weights = [...weightBytesByPart(division).values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(leftByWeights(division, gigabytes)).toBeCloseTo(2 * (gigabytes - weights), 0);
  });

  it("is limited by the first and last stage, which have the embeddings and the head", () => {
    const parts = weightBytesByPart(divided("llama-3.1-70b", "tp=1"));
    const embeddings = parts.get("embeddings")!;
    const layers = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0) - embeddings;
    // 80 layers: 10 in each stage; embeddings and head are matrices of one size
    const end = gigabytes - layers / 8 - embeddings / 2;
    expect(leftByWeights(divided("llama-3.1-70b", "pp=8"), gigabytes) / (8 * end)).toBeCloseTo(1, 9);
  });

  it("is limited by the stage with the most layers, which has the most of each cache too", () => {
    const parts = weightBytesByPart(divided("deepseek-v3", "tp=1,ep=1"));
    const layers = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0) - parts.get("embeddings")!;
    // of 61 layers the third of four stages has 16: it holds 16/61 of the caches
    const fullest = gigabytes - (layers * 16) / 61;
    expect(leftByWeights(divided("deepseek-v3", "pp=4"), gigabytes) / ((fullest * 61) / 16)).toBeCloseTo(
      1,
      9,
    );
  });

  it("is negative where the weights of a stage do not fit", () => {
    expect(leftByWeights(divided("deepseek-v3", "pp=4"), 100e9)).toBeLessThan(0);
    expect(cacheBytesOn(divided("deepseek-v3", "pp=2"))).toBeLessThan(0);
    expect(cacheBytesOn(divided("deepseek-v3", "pp=8"))).toBeGreaterThan(0);
  });

  it.each([
    ["deepseek-v3", "pp=8"],
    ["llama-3.1-70b", "pp=8"],
    ["llama-3.1-70b", "tp=2"],
  ])("of %s as %s sums to what is shown as left free", (name, parallel) => {
    const memory = memoryOn(divided(name, parallel), 8192);
    const parts = memoryParts(memory, { users: 1, lack: { hbm: 0, host: 0 } });
    const at = (part: string): number => parts.findIndex((row) => row.part === part);
    const bytes = (row: number): number => parseQuantity("part", parts[row]!.amount.replace(" ", ""), "B");
    const taken = parts
      .slice(at("usable HBM") + 1, at("left free"))
      .reduce((sum, { amount }) => sum + parseQuantity("part", amount.replace(" ", ""), "B"), 0);
    expect(at("uneven stages") >= 0).toBe(parallel === "pp=8");
    // amounts have three digits
    const left = bytes(at("usable HBM")) - taken;
    expect(Math.abs(left - bytes(at("left free")))).toBeLessThan(0.006 * bytes(at("usable HBM")));
  });
});
