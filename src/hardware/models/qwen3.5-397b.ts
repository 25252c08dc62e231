import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, nvfp4Release } from "./sources.ts";

const report = { title: "Qwen3.5-397B-A17B", url: "https://huggingface.co/Qwen/Qwen3.5-397B-A17B" };
const config = configOf("Qwen/Qwen3.5-397B-A17B");

export const qwen35Of397b = modelFromConfig(
  {
    name: "qwen3.5-397b",
    summary: "mixture of 512 experts; 45 layers of Gated DeltaNet and 15 of full attention",
    sources: [report, config],
    published: {
      parameters: from(report)(397e9, "1", { where: "name of the model" }),
      active: from(report)(17e9, "1", { where: "name of the model" }),
    },
    releases: [
      nvfp4Release("nvidia/Qwen3.5-397B-A17B-NVFP4", [
        "lm_head",
        "*.mlp.shared_expert",
        "*.self_attn",
        "*.linear_attn",
      ]),
    ],
  },
  {
    model_type: "qwen3_5_moe_text",
    num_hidden_layers: 60,
    hidden_size: 4096,
    vocab_size: 248_320,
    max_position_embeddings: 262_144,
    mtp_num_hidden_layers: 1,
    num_attention_heads: 32,
    num_key_value_heads: 2,
    head_dim: 256,
    attn_output_gate: true,
    layer_types: [
      ...Array<string[]>(15)
        .fill(["linear_attention", "linear_attention", "linear_attention", "full_attention"])
        .flat(),
    ],
    linear_num_key_heads: 16,
    linear_num_value_heads: 64,
    linear_key_head_dim: 128,
    linear_value_head_dim: 128,
    linear_conv_kernel_dim: 4,
    moe_intermediate_size: 1024,
    num_experts: 512,
    num_experts_per_tok: 10,
    shared_expert_intermediate_size: 1024,
  },
  config,
);
