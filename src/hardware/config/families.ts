import type { Attention } from "../layers/attention.ts";
import {
  blockConfigLayers,
  blockLayers,
  chunkedLayers,
  gemmaLayers,
  factorizedLayers,
  hybridWindowLayers,
  inklingLayers,
  lagunaLayers,
  stepLayers,
} from "./attention/grouped.ts";
import { compressedLayers, latentLayers, pooledLayers, sharedRecordLayers } from "./attention/latent.ts";
import {
  convolutionLayers,
  jambaLayers,
  mambaLayers,
  mambaNames,
  nemotronBlocks,
  nemotronLayers,
  parallelLayers,
} from "./attention/mamba.ts";
import {
  kimiLinearLayers,
  lightningLayers,
  qwenNextLayers,
  qwenSparseLayers,
} from "./attention/recurrent.ts";
import { blockConfigFeedForward, longcatFeedForward, nemotronFeedForward } from "./feed-forward.ts";
import type { FeedForwardDims } from "../layers/feed-forward.ts";
import type { FeedForwardTraits } from "./feed-forward.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Keys } from "./keys.ts";

/**
 * A family of models: how its config.json is read. Sources: transformers, configuration_*.py and modeling_*.py of each
 * family, at commit 008e574 unless the reader of its layers names another.
 */
export interface ConfigFamily extends FeedForwardTraits {
  /** values of model_type */
  readonly types: readonly string[];
  /** reader of its attention; grouped-query layers with their windows by default */
  readonly attention?: (keys: Keys, layers: number) => Attention[];
  /** reader of its feed-forward */
  readonly feedForward?: (keys: Keys, layers: number) => FeedForwardDims[];
  /** reader of the number of layers, if num_hidden_layers may be missing */
  readonly layers?: (keys: Keys) => number;
  /** values that the class gives keys which files leave out */
  readonly defaults?: JsonObject;
  /** further values for a config inside a wrapper's, in which transformers leaves out all that equal the class's */
  readonly nested?: JsonObject;
  /** names of keys, by the usual ones */
  readonly names?: Readonly<Record<string, string>>;
}

/** Keys of a dense model: vocabulary, hidden size, feed-forward, layers, query heads, kv heads. */
type Sizes = readonly [number, number, number, number, number, number];

const sizes = ([vocabulary, hidden, intermediate, layers, heads, kvHeads]: Sizes): JsonObject => ({
  vocab_size: vocabulary,
  hidden_size: hidden,
  intermediate_size: intermediate,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: kvHeads,
});

const tied = { tie_word_embeddings: true };
const noWindow = { use_sliding_window: false };
const gptNames = {
  num_hidden_layers: "n_layer",
  hidden_size: "n_embd",
  num_attention_heads: "n_head",
  intermediate_size: "n_inner",
  max_position_embeddings: "n_positions",
};

// prettier-ignore
export const families: readonly ConfigFamily[] = [
  // dense layers of grouped queries
  { types: ["llama"], nested: sizes([32_000, 4096, 11_008, 32, 32, 32]) },
  { types: ["mistral", "mistral3", "pixtral"], nested: { ...sizes([32_000, 4096, 14_336, 32, 32, 8]), sliding_window: 4096 } },
  { types: ["aquila", "internlm", "internlm2", "internlm3", "olmo", "olmo2", "minicpm", "minicpmv", "minicpmo", "granite",
      "helium", "yi", "solar", "xverse", "orion", "cwm", "hyperclovax", "jais2", "llava", "llava_next", "idefics3", "smolvlm", "voxtral"],
    nested: sizes([32_000, 4096, 11_008, 32, 32, 32]) },
  { types: ["ministral", "ministral3"], nested: { ...sizes([131_072, 4096, 14_336, 34, 32, 8]), head_dim: 128 } },
  { types: ["qwen2", "qwen2_vl", "qwen2_vl_text", "qwen2_audio", "mimo", "kimi_audio"], defaults: noWindow,
    nested: sizes([151_936, 4096, 22_016, 32, 32, 32]) },
  { types: ["qwen2_5_vl", "qwen2_5_vl_text", "qwen2_5_omni", "qwen2_5_omni_text"], defaults: noWindow,
    nested: sizes([152_064, 8192, 29_568, 80, 64, 8]) },
  { types: ["qwen3", "qwen3_vl", "qwen3_vl_text", "interns1"], defaults: { ...noWindow, head_dim: 128 },
    nested: sizes([151_936, 4096, 22_016, 32, 32, 32]) },
  { types: ["gemma", "paligemma"], defaults: { head_dim: 256, ...tied }, nested: sizes([256_000, 3072, 24_576, 28, 16, 16]) },
  { types: ["gemma2"], defaults: { head_dim: 256, sliding_window_pattern: 2, ...tied },
    nested: { ...sizes([256_000, 2304, 9216, 26, 8, 4]), sliding_window: 4096 } },
  { types: ["gemma3", "gemma3_text"], defaults: { head_dim: 256, sliding_window_pattern: 6, ...tied },
    nested: { ...sizes([262_208, 2304, 9216, 26, 8, 4]), sliding_window: 4096, max_position_embeddings: 131_072 } },
  { types: ["gemma3n", "gemma3n_text"], attention: gemmaLayers,
    defaults: { head_dim: 256, sliding_window_pattern: 5, num_kv_shared_layers: 15, hidden_size_per_layer_input: 256, vocab_size_per_layer_input: 262_144, ...tied },
    nested: { ...sizes([262_400, 2048, 16_384, 35, 8, 2]), sliding_window: 512, max_position_embeddings: 32_768 } },
  { types: ["gemma4", "gemma4_text", "gemma4_unified", "gemma4_unified_text"], attention: gemmaLayers, besideDense: true,
    defaults: { head_dim: 256, global_head_dim: 512, sliding_window_pattern: 6, hidden_size_per_layer_input: 256, vocab_size_per_layer_input: 262_144, ...tied },
    nested: { ...sizes([262_144, 2304, 9216, 30, 8, 4]), sliding_window: 512, max_position_embeddings: 131_072 } },
  { types: ["phi3", "phi3small", "phi3_v", "phi4", "phi4mm", "phi4_multimodal"], nested: sizes([32_064, 3072, 8192, 32, 32, 32]) },
  { types: ["cohere", "aya_vision"], defaults: tied, nested: sizes([256_000, 8192, 22_528, 40, 64, 64]) },
  { types: ["cohere2", "cohere2_vision"], defaults: { sliding_window_pattern: 4, ...tied },
    nested: { ...sizes([256_000, 8192, 22_528, 40, 64, 64]), sliding_window: 4096 } },
  { types: ["exaone"], names: { num_hidden_layers: "num_layers" } },
  { types: ["exaone4", "exaone4_5", "exaone4_5_text"], defaults: { sliding_window_pattern: 4 },
    nested: { ...sizes([102_400, 4096, 16_384, 32, 32, 32]), sliding_window: 4096 } },
  { types: ["olmo3"], defaults: { sliding_window_pattern: 4 }, nested: { ...sizes([50_304, 4096, 11_008, 32, 32, 32]), sliding_window: 4096 } },
  { types: ["glm", "glm4", "glm4v", "glm4v_text", "glm_ocr_text"], defaults: { head_dim: 128 }, nested: sizes([151_552, 4096, 13_696, 40, 32, 2]) },
  { types: ["chatglm"], names: { num_hidden_layers: "num_layers", vocab_size: "padded_vocab_size", intermediate_size: "ffn_hidden_size",
      num_key_value_heads: "multi_query_group_num", head_dim: "kv_channels", max_position_embeddings: "seq_length" } },
  { types: ["seed_oss"], defaults: { head_dim: 128 }, nested: sizes([155_136, 4096, 27_648, 64, 80, 8]) },
  { types: ["smollm3"], defaults: { ...noWindow, ...tied }, nested: sizes([128_256, 2048, 11_008, 36, 16, 4]) },
  { types: ["ernie4_5"], defaults: { head_dim: 128, ...tied }, nested: sizes([103_424, 1024, 3072, 18, 16, 2]) },
  { types: ["hunyuan_v1_dense", "hunyuan_dense"] },
  { types: ["stablelm", "baichuan", "telechat"] },
  { types: ["nemotron", "arcee", "apertus", "phi", "gpt_neox"], ungated: true },
  { types: ["starcoder2"], ungated: true, defaults: tied },
  { types: ["gpt2", "gpt_bigcode", "gptj"], ungated: true, defaults: tied, names: gptNames },
  { types: ["nemotron-nas", "deci"], attention: blockConfigLayers, feedForward: blockConfigFeedForward },

  // mixtures of experts
  { types: ["mixtral", "phimoe", "qwen2_moe", "qwen3_moe", "olmoe", "granitemoe", "granitemoeshared", "glm4_moe", "minimax_m2", "dots1",
      "solar_open", "bailing_moe", "bailing_moe_v2", "bailing_moe_v2_5", "grok-1", "flex_olmo", "jetmoe", "skywork_moe"], defaults: noWindow },
  { types: ["qwen3_vl_moe", "qwen3_vl_moe_text", "qwen3_omni_moe", "qwen3_omni_moe_text"], defaults: noWindow,
    nested: { ...sizes([151_936, 2048, 5632, 24, 16, 16]), num_experts: 60, num_experts_per_tok: 4, moe_intermediate_size: 1408 } },
  { types: ["glm4v_moe", "glm4v_moe_text"], defaults: { head_dim: 128 },
    nested: { ...sizes([151_424, 4096, 10_944, 46, 96, 8]), n_routed_experts: 128, num_experts_per_tok: 8, moe_intermediate_size: 1408,
      n_shared_experts: 1, first_k_dense_replace: 1 } },
  { types: ["gpt_oss"], defaults: { head_dim: 64, sliding_window_pattern: 2 } },
  { types: ["minimax_m3", "minimax_m3_vl", "minimax_m3_vl_text"], attention: blockLayers },
  { types: ["llama4", "llama4_text"], attention: chunkedLayers,
    defaults: { n_shared_experts: 1, no_rope_layer_interval: 4, interleave_moe_layer_step: 1, attention_chunk_size: 8192 },
    nested: { ...sizes([202_048, 5120, 8192, 48, 40, 8]), head_dim: 128, intermediate_size_mlp: 16_384, num_local_experts: 16,
      num_experts_per_tok: 1, max_position_embeddings: 131_072 } },
  { types: ["ernie4_5_moe", "ernie4_5_vl_moe", "ernie4_5_vl_moe_text", "ernie4_5_moe_vl"], defaults: tied },
  { types: ["hunyuan_v1_moe", "hunyuan", "hunyuan_moe"], defaults: { num_shared_expert: 0 } },
  { types: ["hy_v3"], defaults: { first_k_dense_replace: 1, head_dim: 128 } },
  { types: ["exaone_moe"], defaults: { sliding_window_pattern: 4 } },
  { types: ["afmoe"], defaults: { head_dim: 128, sliding_window_pattern: 4 }, names: { sliding_window_pattern: "global_attn_every_n_layers" } },
  { types: ["mimo_v2_flash", "mimo_v2"], attention: hybridWindowLayers },
  { types: ["step3p5", "step3p7"], attention: stepLayers,
    names: { num_key_value_heads: "num_attention_groups", num_experts: "moe_num_experts" } },
  { types: ["laguna"], attention: lagunaLayers, defaults: { head_dim: 128, first_k_dense_replace: 1 } },
  { types: ["inkling", "inkling_mm_model", "inkling_text"], attention: inklingLayers,
    defaults: { d_rel: 16, head_dim: 128, swa_head_dim: 128, conv_kernel_size: 4, n_shared_experts: 2 },
    names: { first_k_dense_replace: "dense_mlp_idx", moe_intermediate_size: "intermediate_size", sliding_window: "sliding_window_size" },
    nested: { vocab_size: 201_024, hidden_size: 6144, num_hidden_layers: 66, num_attention_heads: 64, num_key_value_heads: 8,
      swa_num_attention_heads: 64, swa_num_key_value_heads: 16, sliding_window: 512, intermediate_size: 24_576,
      moe_intermediate_size: 3072, n_routed_experts: 256, num_experts_per_tok: 6, max_position_embeddings: 131_072 } },
  { types: ["step3_text", "step3_vl", "step3"], attention: factorizedLayers,
    names: { num_key_value_heads: "num_attention_groups", num_experts: "moe_num_experts", max_position_embeddings: "max_seq_len" } },
  { types: ["dbrx"], names: { hidden_size: "d_model", num_hidden_layers: "n_layers", num_attention_heads: "n_heads", max_position_embeddings: "max_seq_len" } },

  // latent attention, and records of compressed tokens
  { types: ["deepseek_v2", "deepseek_v3", "deepseek_v32", "kimi_k2", "kimi_k25", "kimi_vl", "glm_moe_dsa", "glm4_moe_lite", "minicpm3", "youtu",
      "deepseek_vl_v2", "mistral4", "mistral_large_3", "axk1"], attention: latentLayers },
  { types: ["longcat_flash"], attention: latentLayers, feedForward: longcatFeedForward,
    layers: (keys) => 2 * keys.count("num_layers", "num_hidden_layers").value,
    defaults: { zero_expert_num: 256 } },
  { types: ["deepseek_v4"], attention: compressedLayers },
  { types: ["deepseek_v41", "deepseek_v41_text"], attention: sharedRecordLayers,
    defaults: { candidate_topk_blocks: 2048, candidate_block_size: 8, n_shared_experts: 1, hc_mult: 4, sliding_window: 128, engram_head_dim: 256,
      compress_ratios: [0, 0, ...Array<number>(18).fill(2), ...Array<number>(20).fill(1)], kv_source_layer_ids: [2, 8, 14, 20],
      index_source_layer_ids: [2, 8, 14, 20, 24, 28, 32, 36], candidate_source_layer_id: 20 },
    nested: { vocab_size: 129_280, hidden_size: 5120, num_hidden_layers: 40, num_attention_heads: 64, head_dim: 512, q_lora_rank: 1280,
      index_n_heads: 32, index_head_dim: 128, index_topk: 512, o_groups: 8, o_lora_rank: 1024, moe_intermediate_size: 2304, n_routed_experts: 384,
      num_experts_per_tok: 6, max_position_embeddings: 1_048_576 } },

  // recurrent layers
  { types: ["kimi_linear", "kimi_k3"], attention: kimiLinearLayers },
  { types: ["qwen3_next", "qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text"], attention: qwenNextLayers, defaults: { head_dim: 256, ...noWindow } },
  { types: ["qwen4_exp", "qwen4_exp_text"], attention: qwenSparseLayers,
    defaults: { head_dim: 256, hc_count: 4, hc_lowrank: 320, full_attention_interval: 4, ngram_size: 3, heads_per_ngram: 8, ngram_vocab_size_base: 20_000_000,
      linear_conv_kernel_dim: 4, linear_key_head_dim: 128, linear_value_head_dim: 128, linear_num_key_heads: 16, linear_num_value_heads: 32,
      num_experts: 512, num_experts_per_tok: 10, moe_intermediate_size: 512, shared_expert_intermediate_size: 512 },
    nested: { vocab_size: 248_320, hidden_size: 2048, num_hidden_layers: 40, num_attention_heads: 16, num_key_value_heads: 2, max_position_embeddings: 32_768 } },
  { types: ["glm5_next", "glm5_next_text"], attention: pooledLayers,
    defaults: { first_k_dense_replace: 3, n_shared_experts: 1, hc_mult: 4, index_kpool: 16, index_topk: 2048, index_head_dim: 128, index_n_heads: 32,
      linear_head_dim: 128, linear_num_heads: 64, linear_conv_kernel_dim: 4 },
    nested: { ...sizes([154_880, 4096, 12_288, 45, 64, 64]), moe_intermediate_size: 2048, n_routed_experts: 288, num_experts_per_tok: 8,
      kv_lora_rank: 512, q_lora_rank: 1536, qk_rope_head_dim: 0, qk_nope_head_dim: 256, v_head_dim: 256 } },
  { types: ["minimax", "minimax_m1", "minimax_text_01", "MiniMaxText01", "MiniMaxM1", "bailing_moe_linear", "bailing_moe_linear_v2", "bailing_hybrid"], attention: lightningLayers },
  { types: ["nemotron_h"], attention: nemotronLayers, feedForward: nemotronFeedForward, layers: (keys) => nemotronBlocks(keys).length,
    names: { head_dim: "attention_head_dim" } },
  { types: ["falcon_h1"], attention: parallelLayers, names: mambaNames },
  { types: ["granitemoehybrid"], attention: mambaLayers, names: { ...mambaNames, dense_intermediate_size: "shared_intermediate_size" } },
  { types: ["bamba"], attention: mambaLayers, names: mambaNames },
  { types: ["jamba"], attention: jambaLayers,
    defaults: { attn_layer_period: 8, attn_layer_offset: 4, expert_layer_period: 2, expert_layer_offset: 1, mamba_d_state: 16, mamba_d_conv: 4, mamba_expand: 2, mamba_dt_rank: "auto" } },
  { types: ["lfm2", "lfm2_vl", "lfm2_moe"], attention: convolutionLayers,
    defaults: { conv_L_cache: 3, ...tied },
    nested: { ...sizes([65_536, 2560, 12_288, 32, 32, 8]), block_multiple_of: 256, block_auto_adjust_ff_dim: true, max_position_embeddings: 128_000 } },
];
