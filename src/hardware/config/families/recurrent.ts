import { pooledLayers } from "../attention/latent.ts";
import {
  convolutionLayers,
  jambaLayers,
  mamba1Layers,
  mamba2Layers,
  mambaLayers,
  mambaNames,
  nemotronBlocks,
  nemotronLayers,
  parallelLayers,
  zamba2Layers,
  zambaLayers,
  zambaNames,
} from "../attention/mamba.ts";
import {
  kimiLinearLayers,
  lightningLayers,
  olmoHybridLayers,
  qwenNextLayers,
  qwenSparseLayers,
  xlstmLayers,
} from "../attention/recurrent.ts";
import { nemotronFeedForward, noFeedForward, xlstmFeedForward } from "../feed-forward.ts";
import { noWindow, sizes, tied } from "./family.ts";
import type { ConfigFamily } from "./family.ts";

/** Models with recurrent layers or convolutions, most of them with attention between. */
// prettier-ignore
export const recurrentFamilies: readonly ConfigFamily[] = [
  { types: ["kimi_linear", "kimi_k3"], attention: kimiLinearLayers, defaults: { linear_conv_kernel_dim: 4 } },
  { types: ["qwen3_next", "qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text"], attention: qwenNextLayers, defaults: { head_dim: 256, ...noWindow } },
  { types: ["olmo_hybrid"], attention: olmoHybridLayers },
  { types: ["xlstm"], attention: xlstmLayers, feedForward: xlstmFeedForward, names: { hidden_size: "embedding_dim", num_hidden_layers: "num_blocks" },
    defaults: { num_heads: 8, qk_dim_factor: 0.5, v_dim_factor: 1, ffn_proj_factor: 2.667, ffn_round_up_to_multiple_of: 64 } },
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
  { types: ["mamba", "falcon_mamba"], attention: mamba1Layers, feedForward: noFeedForward,
    names: { mamba_d_state: "state_size", mamba_d_conv: "conv_kernel", mamba_dt_rank: "time_step_rank", mamba_inner_size: ["intermediate_size", "d_inner"],
      mamba_expand: "expand" },
    defaults: { mamba_d_state: 16, mamba_d_conv: 4, mamba_dt_rank: "auto", mamba_expand: 2, ...tied } },
  { types: ["mamba2"], attention: mamba2Layers, feedForward: noFeedForward, names: { mamba_num_heads: "num_heads", mamba_head_dim: "head_dim", ssm_state_size: "state_size" },
    defaults: { mamba_num_heads: 128, mamba_head_dim: 64, ssm_state_size: 128, n_groups: 8, conv_kernel: 4 } },
  { types: ["zamba2"], attention: zamba2Layers, feedForward: noFeedForward, names: zambaNames,
    defaults: { mamba_head_dim: "auto", mamba_expand: 2, n_groups: 1, conv_kernel: 4, num_mem_blocks: 1, adapter_rank: 128, ...tied } },
  { types: ["zamba"], attention: zambaLayers, feedForward: noFeedForward, names: { head_dim: "attention_head_dim", block_intermediate_size: "intermediate_size" },
    defaults: { mamba_d_state: 16, mamba_d_conv: 4, mamba_expand: 2, mamba_dt_rank: "auto", ...tied } },
  { types: ["jamba"], attention: jambaLayers,
    defaults: { attn_layer_period: 8, attn_layer_offset: 4, expert_layer_period: 2, expert_layer_offset: 1, mamba_d_state: 16, mamba_d_conv: 4, mamba_expand: 2, mamba_dt_rank: "auto" } },
  { types: ["lfm2", "lfm2_vl", "lfm2_moe"], attention: convolutionLayers,
    defaults: { conv_L_cache: 3, ...tied },
    nested: { ...sizes([65_536, 2560, 12_288, 32, 32, 8]), block_multiple_of: 256, block_auto_adjust_ff_dim: true, max_position_embeddings: 128_000 } },
];
