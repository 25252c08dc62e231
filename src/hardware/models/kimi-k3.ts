import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, unread } from "./sources.ts";

const report = {
  title: "Kimi-K3, model summary of Baidu AI Cloud",
  url: "https://cloud.baidu.com/doc/AIHC/s/hmtl8ixwa",
};
const config = configOf("moonshotai/Kimi-K3");

export const kimiK3 = modelFromConfig(
  {
    name: "kimi-k3",
    summary: "mixture of 896 experts in a latent space of 3584; 69 layers of KDA and 24 of latent attention",
    sources: [report, config],
    published: {
      parameters: from(unread(report))(2.8e12, "1", { where: "table of the model" }),
      active: from(unread(report))(104e9, "1", { where: "table of the model" }),
    },
    plan: "kimi-k3",
  },
  {
    model_type: "kimi_linear",
    num_hidden_layers: 93,
    hidden_size: 7168,
    vocab_size: 163_840,
    max_position_embeddings: 1_048_576,
    num_attention_heads: 96,
    q_lora_rank: 1536,
    kv_lora_rank: 512,
    qk_nope_head_dim: 128,
    qk_rope_head_dim: 64,
    v_head_dim: 128,
    mla_use_output_gate: true,
    linear_attn_config: {
      full_attn_layers: [
        4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 72, 76, 80, 84, 88, 92, 93,
      ],
      head_dim: 128,
      num_heads: 96,
      short_conv_kernel_size: 4,
      use_full_rank_gate: true,
    },
    intermediate_size: 33_792,
    first_k_dense_replace: 1,
    moe_intermediate_size: 3072,
    num_experts: 896,
    num_experts_per_token: 16,
    num_shared_experts: 2,
    routed_expert_hidden_size: 3584,
    quantization_config: {
      quant_method: "compressed-tensors",
      config_groups: {
        group_0: {
          targets: ["Linear"],
          weights: { num_bits: 4, type: "float", strategy: "group", group_size: 32 },
        },
      },
      ignore: [
        "re:.*self_attn.*",
        "re:.*shared_experts.*",
        "re:.*mlp\\.(gate|up|gate_up|down)_proj.*",
        "re:.*lm_head.*",
      ],
    },
  },
  config,
);
