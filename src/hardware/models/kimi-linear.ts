import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";

const report = {
  title: "Kimi Linear: An Expressive, Efficient Attention Architecture",
  url: "https://arxiv.org/abs/2510.26692",
};
const config = {
  title: "moonshotai/Kimi-Linear-48B-A3B-Instruct, config.json (as torchtitan restates it)",
  url: "https://huggingface.co/moonshotai/Kimi-Linear-48B-A3B-Instruct/blob/main/config.json",
  unread: true,
} as const;

export const kimiLinear = modelFromConfig(
  {
    name: "kimi-linear",
    summary: "mixture of 256 experts; 20 layers of KDA and 7 of latent attention",
    sources: [report, config],
    published: {
      parameters: from(report)(48e9, "1", { where: "abstract" }),
      active: from(report)(3e9, "1", { where: "abstract" }),
    },
    plan: "kimi-linear",
  },
  {
    model_type: "kimi_linear",
    num_hidden_layers: 27,
    hidden_size: 2304,
    vocab_size: 163_840,
    num_attention_heads: 32,
    kv_lora_rank: 512,
    qk_nope_head_dim: 128,
    qk_rope_head_dim: 64,
    v_head_dim: 128,
    linear_attn_config: {
      full_attn_layers: [4, 8, 12, 16, 20, 24, 27],
      head_dim: 128,
      num_heads: 32,
      short_conv_kernel_size: 4,
    },
    intermediate_size: 9216,
    first_k_dense_replace: 1,
    moe_intermediate_size: 1024,
    num_experts: 256,
    num_experts_per_token: 8,
    num_shared_experts: 1,
  },
  config,
);
