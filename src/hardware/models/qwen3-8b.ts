import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf } from "./sources.ts";

const report = { title: "Qwen3 Technical Report", url: "https://arxiv.org/abs/2505.09388" };
const config = configOf("Qwen/Qwen3-8B");

export const qwen3Of8b = modelFromConfig(
  {
    name: "qwen3-8b",
    summary: "dense, grouped-query attention, 8 kv heads of 128",
    sources: [report, config],
    published: { parameters: from(report)(8.2e9, "1", { where: "table 1" }) },
  },
  {
    model_type: "qwen3",
    num_hidden_layers: 36,
    hidden_size: 4096,
    vocab_size: 151_936,
    max_position_embeddings: 40_960,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    head_dim: 128,
    intermediate_size: 12_288,
    tie_word_embeddings: false,
  },
  config,
);
