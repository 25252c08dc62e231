import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { modelCost } from "../../src/deployment/model-cost.ts";
import { modelFromConfig } from "../../src/hardware/config/model.ts";
import { hyperConnectionMatrices } from "../../src/hardware/kernels/hyper-connections.ts";
import { attentionLayer } from "../../src/hardware/layers/attention.ts";
import { unshared, weightsIn } from "../../src/hardware/layers/layer.ts";
import { layersOf, nativeOf } from "../../src/hardware/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parametersOf } from "../../src/hardware/parameters.ts";

const read = (config: object): Model =>
  modelFromConfig({ name: "own", summary: "", sources: [] }, config, { title: "own, config.json", url: "" });

const tokens = 2 ** 20;
const cacheOf = (model: Model) => {
  const [half, whole] = [tokens, 2 * tokens].map((n) =>
    modelCost(model, parseSpec(nativeOf(model)), n, "bf16"),
  );
  return {
    kv: (whole!.keptBytes - half!.keptBytes) / tokens,
    index: (whole!.indexKeptBytes - half!.indexKeptBytes) / tokens,
    state: half!.stateBytes - half!.convolutionBytes,
    convolutions: half!.convolutionBytes,
  };
};

describe("Qwen3.8-Flash-Next", () => {
  const model = models.get("qwen3.8-flash-next");

  it("keeps 24 KiB of K and V a token in 12 layers, and a bf16 key for each 4 tokens", () => {
    expect(layersOf(model)).toBe(48);
    expect(cacheOf(model)).toEqual({
      kv: 12 * 2 * 2 * 256 * 2,
      index: (12 * 128 * 2) / 4,
      state: 36 * 48 * 128 * 128 * 4,
      convolutions: 36 * 3 * (2 * 16 * 128 + 48 * 128) * 4,
    });
  });

  it("has 125B beside a table of n-grams of 51B, and 6B active", () => {
    const { total, active, head } = parametersOf(model);
    const table = model.tokenTable!.vocabulary.value * model.tokenTable!.width.value;
    expect(table / 51e9).toBeCloseTo(1, 1);
    expect(Math.abs((total - table) / 125e9 - 1)).toBeLessThan(0.01);
    expect(Math.abs((active - head) / 6e9 - 1)).toBeLessThan(0.01);
  });

  it("is read with the defaults of its class inside a wrapper", () => {
    const own = read({ model_type: "qwen4_exp", text_config: { model_type: "qwen4_exp_text" } });
    expect(layersOf(own)).toBe(40);
    expect(own.plan).toBe("layers(10*(3*gated-deltanet|dense))");
    expect(own.tokenTable).toBeUndefined();
  });

  it("is refused with several index keys a block", () => {
    const text = { model_type: "qwen4_exp_text", indexer_kv_heads: 2 };
    expect(() => read({ model_type: "qwen4_exp", text_config: text })).toThrow(
      '"text_config.indexer_kv_heads" must be 1: all index heads of QSA share one key; got 2',
    );
  });
});

describe("GLM-5.3-Flash", () => {
  const model = models.get("glm-5.3-flash");
  const text = { model_type: "glm5_next_text", index_kpool: 4 };

  it("keeps a latent without rope in 11 layers, and an FP8 key of 132 B for each 4 tokens", () => {
    expect(layersOf(model)).toBe(45);
    expect(cacheOf(model)).toEqual({
      kv: 11 * 512 * 2,
      index: (11 * 132) / 4,
      state: 34 * 64 * 128 * 128 * 4,
      convolutions: 34 * 3 * 3 * 64 * 128 * 4,
    });
  });

  it("is what its class's defaults say, with pools of 4", () => {
    const own = read({ model_type: "glm5_next", text_config: text });
    expect(own.plan).toBe(model.plan);
    expect(parametersOf(own)).toEqual(parametersOf(model));
  });

  it("takes the dimensions of linear_attn_config and the layers that it lists", () => {
    const linear_attn_config = {
      head_dim: 64,
      num_heads: 32,
      short_conv_kernel_size: 4,
      full_attn_layers: [1, 44],
    };
    const own = read({ model_type: "glm5_next", text_config: { ...text, linear_attn_config } });
    expect(cacheOf(own)).toMatchObject({ kv: 2 * 512 * 2, state: 43 * 32 * 64 * 64 * 4 });
  });

  it("is refused with layers that share an index", () => {
    const indexer_types = Array.from({ length: 45 }, (_, l) => (l < 8 ? "full" : "shared"));
    expect(() => read({ model_type: "glm5_next", text_config: { ...text, indexer_types } })).toThrow(
      '"text_config.indexer_types" must be "full" in all layers with an index of pools',
    );
  });

  it("scores a quarter of the keys that an index without pools scores", () => {
    const pooled = model.attention.find(({ kind }) => kind === "latent")!;
    const layer = attentionLayer(pooled);
    expect(layer.index!.flops(4096)).toBe((2 * 32 * 128 * 4096) / 4);
  });
});

describe("streams of a layer", () => {
  it("add the matrices of hyper-connections, or those of gated residuals of a rank", () => {
    expect(weightsIn(hyperConnectionMatrices(2560, 4, 320))).toBe(2 * 10_240 * (320 + 320 + 4));
    for (const [name, rank] of [
      ["qwen3.8-flash-next", 320],
      ["glm-5.3-flash", undefined],
    ] as const) {
      const { attention, hidden } = models.get(name);
      for (const group of attention) {
        const plain = Object.fromEntries(
          Object.entries(group).filter(([field]) => field !== "streams" && field !== "mixRank"),
        ) as unknown as typeof group;
        const weights = (of: typeof group) => weightsIn(attentionLayer(of).matrices(hidden.value, unshared));
        expect(weights(group) - weights(plain)).toBe(
          weightsIn(hyperConnectionMatrices(hidden.value, 4, rank)),
        );
      }
    }
  });
});
