import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf } from "./sources.ts";

const report = { title: "The Llama 3 herd of models", url: "https://arxiv.org/abs/2407.21783" };
const config = configOf("meta-llama/Meta-Llama-3.1-70B");

export const llama31Of70b = modelFromConfig(
  {
    name: "llama-3.1-70b",
    summary: "dense, grouped-query attention, 8 kv heads of 128",
    sources: [report, config],
    published: { parameters: from(report)(70e9, "1", { where: "section 1" }) },
  },
  {
    model_type: "llama",
    num_hidden_layers: 80,
    hidden_size: 8192,
    vocab_size: 128_256,
    max_position_embeddings: 131_072,
    num_attention_heads: 64,
    num_key_value_heads: 8,
    intermediate_size: 28_672,
  },
  config,
);
