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
import { machineOf } from "../../src/hardware/kernels/machine.ts";
import { parametersOf, weightCounts } from "../../src/hardware/parameters.ts";
import { systems } from "../../src/hardware/systems/all.ts";
import { weightPartNames } from "../../src/hardware/weights/parts.ts";

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

describe("DeepSeek-V4.1", () => {
  const model = models.get("deepseek-v4.1-flash");
  const cost = (dtype: "bf16" | "fp8" | "nvfp4", length: number) =>
    modelCost(model, parseSpec(nativeOf(model)), length, dtype);

  it("keeps records in four layers alone: .2173 GiB at 256K in NVFP4, with the keys of its index", () => {
    // docs/checkpoint-atlas.md of kiojuvr/deepseek-v41-flash-mlx at 2ad6bc9: 0.2173 GiB of global KV and index K
    const [half, whole] = [tokens, 2 * tokens].map((length) => cost("nvfp4", length));
    const a = (whole!.keptBytes - half!.keptBytes) / tokens;
    const index = (whole!.indexKeptBytes - half!.indexKeptBytes) / tokens;
    expect(a).toBe((3 / 2 + 1) * 288);
    expect(index).toBe((3 / 2 + 1) * 68);
    expect(((a + index) * 262_144) / 2 ** 30).toBeCloseTo(0.2173, 4);
    expect(half!.keptBytes - a * tokens).toBe(40 * 128 * (512 + 16));
  });

  it("scores all records in four layers, and those of 2,048 blocks of 8 in four more", () => {
    const { indexReadBytes, kvReadBytes } = cost("fp8", tokens);
    expect(indexReadBytes).toBe(68 * ((3 * tokens) / 2 + tokens + 4 * 2048 * 8));
    expect(kvReadBytes).toBe(584 * (38 * 512 + 40 * 128));
  });

  it("has 551.9B and Engram's tables of 196.6B, of which it reads rows", () => {
    const { total, active } = parametersOf(model);
    const table = model.tokenTable!.vocabulary.value * model.tokenTable!.width.value;
    expect(table).toBe(196_613_849_600);
    expect(Math.abs((total - table) / 551_880_835_184 - 1)).toBeLessThan(0.001);
    expect(Math.abs(active / 16e9 - 1)).toBeLessThan(0.02);
  });

  it("is what its class's defaults say, and its weights are of the bytes that it ships", () => {
    const own = read({ model_type: "deepseek_v41", text_config: { model_type: "deepseek_v41_text" } });
    expect(own.plan).toBe(model.plan);
    const stored = model.checkpoints![0]!.stored();
    const counts = weightCounts(model);
    const bytes =
      "storage" in stored
        ? weightPartNames.reduce((sum, part) => sum + counts[part] * stored.storage[part].bytes, 0)
        : 0;
    // all tensors less those of the drafts and of vision
    expect(Math.abs(bytes / (510_286_023_000 - 7_932_874_632 - 970_536_960) - 1)).toBeLessThan(0.01);
  });

  it("takes less time than if each layer scored and chose for itself", () => {
    const groups = model.attention.filter((group) => group.kind === "compressed" && group.indexer);
    const rank = {
      machine: machineOf(systems.get("gb200-nvl72")),
      hidden: model.hidden.value,
      tp: 1,
      outputRanks: 1,
      weights: "fp8",
      kvDtype: "fp8",
    } as const;
    const seconds = (group: (typeof groups)[number]): number =>
      attentionLayer(group).time(rank, { phase: "decode", sequences: 8, newTokens: 1, cachedTokens: tokens })
        .seconds;
    const byIndex = (is: (index: { lent?: true; candidates?: unknown }) => boolean) =>
      groups.filter((group) => group.kind === "compressed" && group.pool!.value === 1 && is(group.indexer!));
    const [lent] = byIndex((index) => index.lent === true);
    const [within] = byIndex((index) => index.candidates !== undefined);
    const [all] = byIndex((index) => !index.lent && index.candidates === undefined);
    expect(seconds(lent!)).toBeLessThan(seconds(within!));
    expect(seconds(within!)).toBeLessThan(seconds(all!));
  });

  it("is refused without a layer that lends the records that another one reads", () => {
    const text = { model_type: "deepseek_v41_text", kv_source_layer_ids: [8] };
    expect(() => read({ model_type: "deepseek_v41", text_config: text })).toThrow(
      /"text_config.kv_source_layer_ids" must be a layer at or before 2, whose records it reads/,
    );
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
