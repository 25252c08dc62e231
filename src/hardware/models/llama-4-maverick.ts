import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf } from "./sources.ts";

const card = {
  title: "Llama 4 Maverick, model card",
  url: "https://huggingface.co/meta-llama/Llama-4-Maverick-17B-128E-Instruct",
  unread: true,
} as const;
const config = configOf("meta-llama/Llama-4-Maverick-17B-128E-Instruct");

/** The language model; the vision encoder is left out. */
export const llama4Maverick = modelFromConfig(
  {
    name: "llama-4-maverick",
    summary:
      "mixture of 128 experts in every second layer; 36 layers with chunks of 8192 tokens and 12 of full attention",
    sources: [card, config],
    published: {
      parameters: from(card)(400e9, "1", { where: "total parameters" }),
      active: from(card)(17e9, "1", { where: "name of the model" }),
    },
  },
  {
    model_type: "llama4_text",
    num_hidden_layers: 48,
    hidden_size: 5120,
    vocab_size: 202_048,
    max_position_embeddings: 1_048_576,
    num_attention_heads: 40,
    num_key_value_heads: 8,
    head_dim: 128,
    attention_chunk_size: 8192,
    intermediate_size: 8192,
    intermediate_size_mlp: 16_384,
    interleave_moe_layer_step: 2,
    num_local_experts: 128,
    num_experts_per_tok: 1,
  },
  config,
);
