import { describe, expect, it } from "vitest";
import { attentionFlops, keyValueBytes } from "../../src/core/cost.ts";
import type { StepCost } from "../../src/core/cost.ts";
import { decodeStep, linkSeconds } from "../../src/hardware/decode.ts";
import type { DecodeSetting } from "../../src/hardware/decode.ts";
import { attentionLayer } from "../../src/hardware/layers/attention.ts";
import { layersOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { override } from "../../src/hardware/overrides.ts";
import { systems } from "../../src/hardware/systems/all.ts";

const system = systems.get("gb200-nvl72");

function denseCost({ model, kvDtype }: DecodeSetting, tokens: number): StepCost {
  const shape = attentionLayer(model.attention[0]).shape(tokens, kvDtype);
  const layers = layersOf(model);
  const bytes = layers * keyValueBytes(shape, tokens);
  return {
    flops: layers * attentionFlops(shape, tokens),
    exponentials: 0,
    keptBytes: bytes,
    indexKeptBytes: 0,
    kvReadBytes: bytes,
    indexReadBytes: 0,
  };
}

const setting = (name: string, users: number, change: Partial<DecodeSetting> = {}): DecodeSetting => ({
  system,
  model: models.get(name),
  weights: "nvfp4",
  kvDtype: "bf16",
  users,
  ...change,
});

describe("decodeStep", () => {
  it("is bound by HBM for grouped queries: the time is bytes over bandwidth, plus the link", () => {
    const s = setting("llama-3.1-405b", 20);
    const step = decodeStep(s, denseCost(s, 2 ** 20));
    // 126 layers x 2 x 8 heads x 128 x 2 B x 2^20 tokens x 20 users, and the weights less the embedding
    const cache = 126 * 2 * 8 * 128 * 2 * 2 ** 20 * 20;
    const weights = 128_256 * 16_384 * 2 + 126 * (2 * 16_384 * 136 * 128 + 3 * 16_384 * 53_248) * 0.5625;
    expect(step.cacheBytes).toBe(cache);
    expect(step.hbmSeconds).toBeCloseTo((cache + weights) / 576e12, 9);
    expect(step.hbmSeconds).toBeGreaterThan(step.computeSeconds);
    expect(step.seconds).toBeCloseTo(step.hbmSeconds + step.linkSeconds, 12);
  });

  it("puts latent attention of 128 heads near 242 FLOP a byte in bf16 (2 x 128 x 1088 / 1152)", () => {
    const s = setting("deepseek-v3", 100);
    expect(Math.abs(decodeStep(s, denseCost(s, 2 ** 20)).intensity / 242 - 1)).toBeLessThan(0.1);
  });

  it("gains less than half of the time where NVFP4 halves FP8's bytes of a latent cache: arithmetic binds", () => {
    const [fp8, nvfp4] = (["fp8", "nvfp4"] as const).map((kvDtype) => {
      const s = setting("deepseek-v3", 300, { kvDtype });
      return decodeStep(s, denseCost(s, 2 ** 20));
    });
    expect(nvfp4!.hbmSeconds / fp8!.hbmSeconds).toBeLessThan(0.6);
    expect(nvfp4!.seconds / fp8!.seconds).toBeGreaterThan(0.6);
    expect(nvfp4!.computeSeconds).toBeGreaterThan(nvfp4!.hbmSeconds);
  });

  it("counts the index that is read", () => {
    const s = setting("deepseek-v3.2", 10);
    const cost = denseCost(s, 1000);
    expect(
      decodeStep(s, { ...cost, indexReadBytes: 61 * 132_000 }).cacheBytes - decodeStep(s, cost).cacheBytes,
    ).toBe(10 * 61 * 132_000);
  });

  it("halves the HBM time with twice the bandwidth, and the rates follow the step", () => {
    const s = setting("llama-3.1-405b", 8);
    const cost = denseCost(s, 2 ** 17);
    const [own, fast] = [
      decodeStep(s, cost),
      decodeStep({ ...s, system: override(system, ["gpu.hbmBandwidth=16TB/s"]) }, cost),
    ];
    expect(fast.hbmSeconds).toBeCloseTo(own.hbmSeconds / 2, 12);
    expect(own.tokensPerSecondPerUser).toBeCloseTo(1 / own.seconds, 9);
    expect(own.tokensPerSecondPerGpu).toBeCloseTo(8 / own.seconds / 72, 9);
  });
});

describe("linkSeconds", () => {
  it("is latency for few users and bandwidth for many", () => {
    const model = models.get("deepseek-v3");
    const least = 61 * 3 * 4.7e-6;
    expect(linkSeconds(system, model, 1)).toBeGreaterThan(least);
    expect(linkSeconds(system, model, 1)).toBeLessThan(1.05 * least);
    // per layer 1000 users x (128 x 128 outputs + 2 x 2 x 7168 hidden) x 2 B x 71/72
    const bytes = 1000 * (128 * 128 * 2 + 4 * 7168 * 2) * (71 / 72);
    expect(linkSeconds(system, model, 1000)).toBeCloseTo(61 * (bytes / 900e9) + least, 9);
    expect(linkSeconds(override(system, ["gpu.nvlink=1.8TB/s"]), model, 1000)).toBeCloseTo(
      61 * (bytes / 1800e9) + least,
      9,
    );
  });
});
