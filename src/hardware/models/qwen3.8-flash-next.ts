import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { unread } from "./sources.ts";

const card = unread({
  title: "Qwen3.8-Flash-Next, model card",
  url: "https://huggingface.co/Qwen/Qwen3.8-Flash-Next",
});
const config = {
  title: "Qwen/Qwen3.8-Flash-Next, config.json (as the tests of public code restate it)",
  url: "https://huggingface.co/Qwen/Qwen3.8-Flash-Next/blob/main/config.json",
  unread: true,
} as const;

/**
 * The language model; the vision encoder is left out. The table of n-grams is counted among the parameters. Engines may
 * keep it in the host's memory.
 */
export const qwen38FlashNext = modelFromConfig(
  {
    name: "qwen3.8-flash-next",
    summary:
      "mixture of 512 experts; 36 layers of Gated DeltaNet and 12 of QSA, and a table of n-grams of 51B",
    sources: [card, config],
    published: {
      parameters: from(card)(176e9, "1", { where: "125B, and 51B of n-gram embedding beside them" }),
      active: from(card)(6e9, "1", { where: "6B activated" }),
    },
  },
  {
    model_type: "qwen4_exp_text",
    num_hidden_layers: 48,
    hidden_size: 2560,
    vocab_size: 248_320,
    max_position_embeddings: 262_144,
    mtp_num_hidden_layers: 1,
    full_attention_interval: 4,
    num_attention_heads: 24,
    num_key_value_heads: 2,
    head_dim: 256,
    indexer_n_heads: 4,
    indexer_kv_heads: 1,
    indexer_head_dim: 128,
    indexer_budget: 2048,
    indexer_compress_ratio: 4,
    linear_num_key_heads: 16,
    linear_num_value_heads: 48,
    linear_key_head_dim: 128,
    linear_value_head_dim: 128,
    linear_conv_kernel_dim: 4,
    hc_count: 4,
    hc_lowrank: 320,
    ple_layer_ids: [2],
    ple_embed_dim: 2560,
    ngram_size: 3,
    heads_per_ngram: 8,
    ngram_vocab_size_base: 20_000_000,
    moe_intermediate_size: 640,
    num_experts: 512,
    num_experts_per_tok: 10,
    shared_expert_intermediate_size: 640,
  },
  config,
);
