import { describe, expect, it } from "vitest";
import { keyValueBytes } from "../../src/core/cost.ts";
import type { StepCost } from "../../src/core/cost.ts";
import type { KvDtype } from "../../src/core/dtype.ts";
import { cacheBytes, memoryFit, shortage, userBytes } from "../../src/hardware/memory.ts";
import { attentionLayer } from "../../src/hardware/layers/attention.ts";
import { layersOf } from "../../src/hardware/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { override } from "../../src/hardware/overrides.ts";
import { systems } from "../../src/hardware/systems/all.ts";

/** Keeps all K and V, and an index of so many bytes a token: 132 for DeepSeek's FP8 index of 128 with a scale. */
const keepsAll = (model: Model, tokens: number, dtype: KvDtype, indexPerToken: number): StepCost => ({
  flops: 0,
  exponentials: 0,
  keptBytes: layersOf(model) * keyValueBytes(attentionLayer(model.attention[0]).shape(tokens, dtype), tokens),
  indexKeptBytes: layersOf(model) * indexPerToken * tokens,
  kvReadBytes: 0,
  indexReadBytes: 0,
});

const rowBytes = (name: string, dtype: KvDtype): number =>
  keyValueBytes(attentionLayer(models.get(name).attention[0]).shape(1, dtype), 1);

const million = 2 ** 20;

// KV per user at 2^20 tokens (GB), users of a GB200 and of a GB300 rack, weights in NVFP4
const published: [model: string, dtype: KvDtype, index: number, gb: number, gb200: number, gb300: number][] =
  [
    ["llama-3.1-405b", "nvfp4", 0, 152, 80, 123],
    ["deepseek-v3", "bf16", 0, 73.7, 164, 252],
    ["deepseek-v3", "fp8", 0, 36.8, 329, 504],
    ["deepseek-v3", "nvfp4", 0, 20.7, 585, 896],
    ["deepseek-v3.2", "fp8", 132, 50.4, 240, 368],
  ];

describe("users of a rack at 2^20 tokens", () => {
  it.each(published)("%s %s, index %d B a token", (name, dtype, index, gb, gb200, gb300) => {
    const model = models.get(name);
    const cost = keepsAll(model, million, dtype, index);
    expect(userBytes(cost).total / 1e9).toBeCloseTo(gb, gb > 100 ? -1 : 1);
    for (const [system, users] of [
      ["gb200-nvl72", gb200],
      ["gb300-nvl72", gb300],
    ] as const) {
      const fit = memoryFit(systems.get(system), model, "nvfp4", cost);
      expect(Math.abs(fit.usersPerRack / users - 1), system).toBeLessThan(0.03);
      expect(fit.usersPerGpu).toBeCloseTo(fit.usersPerRack / 72, 12);
    }
  });
});

describe("memoryFit", () => {
  const model = models.get("deepseek-v3");
  const system = systems.get("gb200-nvl72");
  const cost = keepsAll(model, million, "fp8", 0);

  it("fits as many users as it says, and not one more", () => {
    const fit = memoryFit(system, model, "nvfp4", cost);
    const { usersPerRack, user, available } = fit;
    expect(shortage(fit, usersPerRack)).toEqual({ hbm: 0, host: 0 });
    expect(shortage(fit, usersPerRack + 1).hbm).toBeCloseTo((usersPerRack + 1) * user.total - available, 0);
  });

  it("keeps bytes of the index apart from those of K and V", () => {
    const user = userBytes(keepsAll(model, 1000, "fp8", 132));
    expect(user.kept).toBe(61 * 1000 * 576);
    expect(user.indexKept).toBe(61 * 1000 * 132);
  });

  it("fits nobody where the weights alone do not fit", () => {
    const small = override(system, ["gpu.hbm=10GB"]);
    expect(cacheBytes(small, model, "nvfp4")).toBeLessThan(0);
    expect(memoryFit(small, model, "nvfp4", cost).usersPerRack).toBe(0);
  });

  it("gains users with HBM, and with narrower weights", () => {
    const users = (hbmGb: number, weights: "bf16" | "nvfp4"): number =>
      memoryFit(override(system, [`gpu.hbm=${hbmGb}GB`]), model, weights, cost).usersPerRack;
    expect(users(288, "nvfp4")).toBeGreaterThan(users(186, "nvfp4"));
    expect(users(186, "nvfp4")).toBeGreaterThan(users(186, "bf16"));
  });
});

describe("the shape of a layer", () => {
  it("makes a latent cache one head whose record is key and value at once", () => {
    const shape = attentionLayer(models.get("deepseek-v3").attention[0]).shape(10, "bf16");
    expect(shape).toMatchObject({ kvHeads: 1, headDim: 576, valueDim: 512, queryHeads: 128 });
    expect(keyValueBytes(shape, 10)).toBe(10 * 576 * 2);
  });

  it("takes the record of the model's own FP8 format", () => {
    expect(rowBytes("deepseek-v3.2", "fp8")).toBe(656);
    expect(rowBytes("deepseek-v3.2", "bf16")).toBe(1152);
  });

  it("counts grouped-query K and V apart", () => {
    expect(rowBytes("llama-3.1-405b", "bf16")).toBe(2 * 8 * 128 * 2);
  });
});
