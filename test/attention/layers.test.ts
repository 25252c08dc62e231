import { describe, expect, it } from "vitest";
import { attender } from "../../src/attention/attender.ts";
import { layerOfStep } from "../../src/attention/layers.ts";
import { prefillCost } from "../../src/attention/prefill-cost.ts";
import { variants } from "../../src/attention/registry.ts";
import { parseShaping, parseSpec, placedCost } from "../../src/attention/spec.ts";
import type { AttentionResult } from "../../src/attention/read.ts";
import { flat } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { clearWorlds, world } from "./fixtures.ts";

const shape = { tokens: 100_000, queryHeads: 8, kvHeads: 2, headDim: 64, bytesPerElement: 2 };
const ops = referenceEngine();

function run(spec: string, step: number): AttentionResult {
  clearWorlds(ops);
  const { cache, queries } = world(ops, { tokens: 200, group: 2 });
  const { variant, params, logitShaping = parseShaping("none") } = parseSpec(spec);
  return attender({ variant, params, shaping: logitShaping }, cache, ops)({ ...queries, step });
}

const outputs = (result: AttentionResult): number[][] => result.heads.map(({ output }) => [...flat(output)]);

describe("a layer plan", () => {
  it("runs step s on the s-th layer that reaches the whole context, then on those after it", () => {
    const plan = (text: string): (number | undefined)[] =>
      [0, 1, 2, 3].map((step) => layerOfStep(parseSpec(text).variant.layers!, step));
    expect(plan("layers(2*(3*sink-window|dense))")).toEqual([3, 7, undefined, undefined]);
    expect(plan("layers(dense|2*sink-window|dsa|sink-window)")).toEqual([0, 3, 4, undefined]);
    expect(plan("layers(3*sink-window)")).toEqual([0, 1, 2, undefined]);
  });

  it("attends as its layers do, and with nothing where none is left", () => {
    const plan = "layers(oracle(k=5)|dense+ssmax|sink-window(sinks=0,window=9))";
    expect(outputs(run(plan, 0))).toEqual(outputs(run("oracle(k=5)", 0)));
    expect(outputs(run(plan, 1))).toEqual(outputs(run("dense+ssmax", 0)));
    expect(outputs(run(plan, 2))).toEqual(outputs(run("sink-window(sinks=0,window=9)", 0)));
    const none = run(plan, 3);
    expect(
      outputs(none)
        .flat()
        .every((x) => x === 0),
    ).toBe(true);
    expect(none.heads[0]!.tokensRead(0)).toBe(0);
  });

  it("costs the mean of its layers, each placed where it says", () => {
    const cost = (text: string): ReturnType<typeof placedCost> => placedCost(parseSpec(text), shape);
    const [dense, local, dsa] = [cost("dense"), cost("sink-window"), cost("dsa+grace")];
    const plan = cost("layers(2*sink-window|dense|dsa+grace)");
    expect(plan.kvReadBytes).toBe((2 * local.kvReadBytes + dense.kvReadBytes + dsa.kvReadBytes) / 4);
    expect(plan.farKeptBytes).toBe(dense.keptBytes / 4);
    expect(plan.farReadBytes).toBe(dsa.kvReadBytes / 4);
    expect(cost("layers(dense)+split(hot=.25)").farKeptBytes).toBe(0.75 * dense.keptBytes);
  });

  it("writes its own text and every parameter", () => {
    const spec = parseSpec(" layers(2*(3*sink-window( window=8 )|dense)|dsa+sink ) + fp8");
    expect(spec.text).toBe("layers(2*(3*sink-window(window=8)|dense)|dsa+sink)+fp8");
    expect(spec.variant.layers).toHaveLength(9);
    expect(parseSpec(spec.resolved).resolved).toBe(spec.resolved);
    expect(spec.kvDtype).toBe("fp8");
  });

  it.each([
    ["gemma-3", { "sink-window": 52, dense: 10 }],
    ["gpt-oss", { "sink-window": 18, dense: 18 }],
    ["kimi-linear", { kda: 20, mla: 7 }],
    ["kimi-k3", { kda: 69, mla: 24 }],
    ["qwen3-next", { "gated-deltanet": 36, dense: 12 }],
    ["minimax-m3", { dense: 3, msa: 57 }],
    ["deepseek-v4-pro", { csa: 30, hca: 31 }],
    ["deepseek-v4-flash", { csa: 21, hca: 20 }],
  ])("%s has the layers of its model", (name, counts) => {
    const found: Record<string, number> = {};
    for (const { variant } of variants.get(name).layers!)
      found[variant.name] = (found[variant.name] ?? 0) + 1;
    expect(found).toEqual(counts);
  });
});

describe("prefill", () => {
  it.each([["dense"], ["sink-window"], ["moba(block=64,k=3)"], ["snapkv"]])(
    "of %s is the sum of its queries",
    (text) => {
      const { variant, params } = parseSpec(text);
      const { variant: by, params: set } =
        variant.prefill === "dense" ? parseSpec("dense") : { variant, params };
      for (const tokens of [1, 200, 5000]) {
        let sum = 0;
        for (let n = 1; n <= tokens; n++) sum += by.cost({ ...shape, tokens: n }, set).flops;
        const { flops } = prefillCost(variant, { ...shape, tokens }, params);
        expect(Math.abs(flops / sum - 1)).toBeLessThan(tokens <= 256 ? 1e-12 : 0.02);
      }
    },
  );
});
