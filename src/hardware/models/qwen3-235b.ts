import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, nvfp4Release } from "./sources.ts";

const report = { title: "Qwen3 Technical Report", url: "https://arxiv.org/abs/2505.09388" };
const config = configOf("Qwen/Qwen3-235B-A22B");

export const qwen3Of235b = modelFromConfig(
  {
    name: "qwen3-235b",
    summary: "mixture of 128 experts, grouped-query attention, 4 kv heads of 128",
    sources: [report, config],
    published: {
      parameters: from(report)(235e9, "1", { where: "table 2" }),
      active: from(report)(22e9, "1", { where: "table 2" }),
    },
    releases: [nvfp4Release("nvidia/Qwen3-235B-A22B-NVFP4", ["lm_head", "*.mlp.gate"])],
  },
  {
    model_type: "qwen3_moe",
    num_hidden_layers: 94,
    hidden_size: 4096,
    vocab_size: 151_936,
    max_position_embeddings: 40_960,
    num_attention_heads: 64,
    num_key_value_heads: 4,
    head_dim: 128,
    moe_intermediate_size: 1536,
    num_experts: 128,
    num_experts_per_tok: 8,
  },
  config,
);
