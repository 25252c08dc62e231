import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, nvfp4Release } from "./sources.ts";

const report = { title: "Kimi K2: Open Agentic Intelligence", url: "https://arxiv.org/abs/2507.20534" };
/** compressed-tensors, with vision left out. */
const int4Experts = {
  quant_method: "compressed-tensors",
  format: "pack-quantized",
  config_groups: {
    group_0: {
      targets: ["Linear"],
      weights: { num_bits: 4, type: "int", strategy: "group", group_size: 32, symmetric: true },
    },
  },
  ignore: [
    "lm_head",
    "re:.*self_attn.*",
    "re:.*shared_experts.*",
    "re:.*mlp\\.(gate|up|gate_up|down)_proj.*",
  ],
};
const config = configOf("moonshotai/Kimi-K2.5");

export const kimiK25 = modelFromConfig(
  {
    name: "kimi-k2.5",
    summary: "mixture of 384 experts stored in INT4, latent attention of 64 heads; Kimi K2 trained further",
    sources: [report, config],
    published: {
      parameters: from(report)(1.04e12, "1", { where: "abstract and section 2", note: "of Kimi K2" }),
      active: from(report)(32e9, "1", { where: "abstract and section 2", note: "of Kimi K2" }),
    },
    releases: [nvfp4Release("nvidia/Kimi-K2.5-NVFP4", ["lm_head", "*.self_attn"])],
  },
  {
    model_type: "kimi_k2",
    num_hidden_layers: 61,
    hidden_size: 7168,
    vocab_size: 163_840,
    max_position_embeddings: 262_144,
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
    quantization_config: int4Experts,
  },
  config,
);
