import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, fp8Blocks, nvfp4Release } from "./sources.ts";

const report = {
  title: "DeepSeek-V3.2: pushing the frontier of open large language models",
  url: "https://arxiv.org/abs/2512.02556",
};
const config = configOf("deepseek-ai/DeepSeek-V3.2");

export const deepseekV32 = modelFromConfig(
  {
    name: "deepseek-v3.2",
    summary: "DeepSeek-V3 with sparse attention: 64 index heads of 128, the best 2048 tokens",
    sources: [report, config],
    published: {
      parameters: from(report)(671e9, "1", { where: "the dimensions of DeepSeek-V3" }),
      active: from(report)(37e9, "1", { where: "the dimensions of DeepSeek-V3" }),
    },
    releases: [
      nvfp4Release("nvidia/DeepSeek-V3.2-NVFP4", [
        "lm_head",
        "*.self_attn.indexer*",
        "*.self_attn.q_a_proj",
        "*.self_attn.q_b_proj",
        "*.self_attn.kv_a_proj_with_mqa",
        "*.self_attn.kv_b_proj",
      ]),
    ],
  },
  {
    model_type: "deepseek_v32",
    num_hidden_layers: 61,
    hidden_size: 7168,
    vocab_size: 129_280,
    max_position_embeddings: 163_840,
    num_nextn_predict_layers: 1,
    num_attention_heads: 128,
    q_lora_rank: 1536,
    kv_lora_rank: 512,
    qk_nope_head_dim: 128,
    qk_rope_head_dim: 64,
    v_head_dim: 128,
    index_n_heads: 64,
    index_head_dim: 128,
    index_topk: 2048,
    intermediate_size: 18_432,
    first_k_dense_replace: 3,
    moe_intermediate_size: 2048,
    n_routed_experts: 256,
    num_experts_per_tok: 8,
    n_shared_experts: 1,
    quantization_config: fp8Blocks,
  },
  config,
);
