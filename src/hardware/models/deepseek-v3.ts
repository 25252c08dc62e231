import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, fp8Blocks, nvfp4Release } from "./sources.ts";

const report = { title: "DeepSeek-V3 technical report", url: "https://arxiv.org/abs/2412.19437" };
const config = configOf("deepseek-ai/DeepSeek-V3");

/** The second version "additionally quantizes the wo module in attention layers". */
const nvidia = {
  title: "nvidia/DeepSeek-R1-0528-FP4-v2, model card",
  url: "https://huggingface.co/nvidia/DeepSeek-R1-0528-FP4-v2",
  where: "description",
};

export const deepseekV3 = modelFromConfig(
  {
    name: "deepseek-v3",
    summary: "mixture of 256 experts, latent attention (512 + 64); R1 has the same dimensions",
    sources: [report, config],
    published: {
      parameters: from(report)(671e9, "1", { where: "abstract" }),
      active: from(report)(37e9, "1", { where: "abstract" }),
    },
    releases: [
      {
        name: "nvidia/DeepSeek-R1-FP4",
        source: nvidia,
        config: {
          quantization: { quant_algo: "NVFP4", exclude_modules: ["lm_head", "*.self_attn", "*.mlp.gate"] },
        },
      },
      nvfp4Release("nvidia/DeepSeek-V3.1-NVFP4", [
        "lm_head",
        "*.self_attn.q_a_proj",
        "*.self_attn.q_b_proj",
        "*.self_attn.kv_a_proj_with_mqa",
        "*.self_attn.kv_b_proj",
      ]),
    ],
  },
  {
    model_type: "deepseek_v3",
    num_hidden_layers: 61,
    hidden_size: 7168,
    vocab_size: 129_280,
    max_position_embeddings: 163_840,
    num_attention_heads: 128,
    q_lora_rank: 1536,
    kv_lora_rank: 512,
    qk_nope_head_dim: 128,
    qk_rope_head_dim: 64,
    v_head_dim: 128,
    intermediate_size: 18_432,
    first_k_dense_replace: 3,
    moe_intermediate_size: 2048,
    n_routed_experts: 256,
    num_experts_per_tok: 8,
    n_shared_experts: 1,
    num_nextn_predict_layers: 1,
    quantization_config: fp8Blocks,
  },
  config,
);
