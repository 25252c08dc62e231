import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { attentionLayers, modelCost } from "../../src/simulate/model-cost.ts";

const v32 = models.get("deepseek-v3.2");
const read = (spec: string): number => modelCost(v32, parseSpec(spec), 2 ** 20, "fp8").kvReadBytes;

describe("a model asked to attend with", () => {
  it.each([...models])("its own spec keeps the variant of each of its layers: $name", (model) => {
    const layers = attentionLayers(model, parseSpec(nativeOf(model)));
    expect(layers.map(({ attention }) => attention)).toEqual(model.attention);
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
