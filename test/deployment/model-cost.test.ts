import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import type { StepCost } from "../../src/core/cost.ts";
import { attendingOf, nativeOf } from "../../src/hardware/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { attentionLayers, modelCost } from "../../src/deployment/model-cost.ts";

const v32 = models.get("deepseek-v3.2");
const read = (spec: string): number => modelCost(v32, parseSpec(spec), 2 ** 20, "fp8").kvReadBytes;

describe("a model asked to attend with", () => {
  it.each([...models])("its own spec keeps the variant of each of its layers: $name", (model) => {
    const layers = attentionLayers(model, parseSpec(nativeOf(model)));
    expect(layers.map(({ attention }) => attention)).toEqual(attendingOf(model));
  });

  it("another variant puts it in the place of its own", () => {
    expect(attentionLayers(v32, parseSpec("dense+grace"))).toMatchObject([
      { layers: 61, spec: { base: "dense", placement: { placement: { name: "grace" } } } },
    ]);
    expect(read("dense")).toBe(61 * 656 * 2 ** 20);
    expect(read("dsa(k=2048,indexHeads=64)")).toBe(61 * 656 * 2048);
    expect(read("dsa(k=4096,indexHeads=64)")).toBe(61 * 656 * 4096);
  });
});

describe("a hybrid model", () => {
  const k3 = models.get("kimi-k3");
  const cost = (spec: string, tokens: number): StepCost => modelCost(k3, parseSpec(spec), tokens, "fp8");

  it("adds the caches and states of its layers", () => {
    const own = cost("kimi-k3", 1000);
    expect(own.keptBytes).toBe(24 * 576 * 1000);
    expect(own.stateBytes! - own.convolutionBytes!).toBe(69 * 96 * 128 * 128 * 4);
    expect(own.convolutionBytes).toBe(69 * 3 * (3 * 96 * 128) * 4);
  });

  it("keeps its states where another variant reads its cache", () => {
    const sparse = cost("dsa(k=2048)", 100_000);
    expect(sparse.kvReadBytes).toBe(24 * 576 * 2048);
    expect(sparse.stateBytes).toBe(cost("kimi-k3", 1).stateBytes);
  });

  it("becomes a plan where it is asked for one", () => {
    expect(attentionLayers(k3, parseSpec("layers(92*kda|dense)"))).toMatchObject([{ layers: 93 }]);
  });
});

it("a model of windows alone has no layer for another variant", () => {
  const gemma = models.get("gemma-3-27b");
  const local: Model = { ...gemma, attention: [gemma.attention[0]] };
  expect(() => attentionLayers(local, parseSpec("quest"))).toThrow(
    "gemma-3-27b has no layer that reaches the whole context for quest to stand in for; allowed: gemma-3",
  );
});
