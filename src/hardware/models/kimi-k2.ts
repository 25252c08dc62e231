import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, fp8Blocks } from "./sources.ts";

const report = { title: "Kimi K2: Open Agentic Intelligence", url: "https://arxiv.org/abs/2507.20534" };
const config = configOf("moonshotai/Kimi-K2-Instruct");

export const kimiK2 = modelFromConfig(
  {
    name: "kimi-k2",
    summary: "mixture of 384 experts, latent attention of 64 heads",
    sources: [report, config],
    published: {
      parameters: from(report)(1.04e12, "1", { where: "abstract and section 2" }),
      active: from(report)(32e9, "1", { where: "abstract and section 2" }),
    },
  },
  {
    model_type: "kimi_k2",
    num_hidden_layers: 61,
    hidden_size: 7168,
    vocab_size: 163_840,
    max_position_embeddings: 131_072,
    num_attention_heads: 64,
    q_lora_rank: 1536,
    kv_lora_rank: 512,
    qk_nope_head_dim: 128,
    qk_rope_head_dim: 64,
    v_head_dim: 128,
    intermediate_size: 18_432,
    first_k_dense_replace: 1,
    moe_intermediate_size: 2048,
    n_routed_experts: 384,
    num_experts_per_tok: 8,
    n_shared_experts: 1,
    quantization_config: fp8Blocks,
  },
  config,
);
