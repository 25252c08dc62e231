import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf } from "./sources.ts";

const report = { title: "Qwen3 Technical Report", url: "https://arxiv.org/abs/2505.09388" };
const config = configOf("Qwen/Qwen3-30B-A3B");

export const qwen3Of30b = modelFromConfig(
  {
    name: "qwen3-30b",
    summary: "mixture of 128 experts, grouped-query attention, 4 kv heads of 128",
    sources: [report, config],
    published: {
      parameters: from(report)(30.5e9, "1", { where: "table 2" }),
      active: from(config)(3e9, "1", { where: "A3B in its name", note: "3.3 G with the token embedding" }),
    },
  },
  {
    model_type: "qwen3_moe",
    num_hidden_layers: 48,
    hidden_size: 2048,
    vocab_size: 151_936,
    max_position_embeddings: 40_960,
    num_attention_heads: 32,
    num_key_value_heads: 4,
    head_dim: 128,
    moe_intermediate_size: 768,
    num_experts: 128,
    num_experts_per_tok: 8,
  },
  config,
);
