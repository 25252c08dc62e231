import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";

const report = { title: "Gemma 3 Technical Report", url: "https://arxiv.org/abs/2503.19786" };
const config = {
  title: "google/gemma-3-27b-it, config.json (as public code restates it)",
  url: "https://huggingface.co/google/gemma-3-27b-it/blob/main/config.json",
  unread: true,
} as const;

/** The language model; the vision encoder of 0.4B is left out. */
export const gemma3Of27b = modelFromConfig(
  {
    name: "gemma-3-27b",
    summary: "dense; 52 layers with a window of 1024 tokens and 10 of full attention, 16 kv heads of 128",
    sources: [report, config],
    published: {
      parameters: from(report)(27e9, "1", { where: "table 1, embedding and non-embedding parameters" }),
    },
    plan: "gemma-3",
  },
  {
    model_type: "gemma3_text",
    num_hidden_layers: 62,
    hidden_size: 5376,
    vocab_size: 262_144,
    tie_word_embeddings: true,
    num_attention_heads: 32,
    num_key_value_heads: 16,
    head_dim: 128,
    sliding_window: 1024,
    sliding_window_pattern: 6,
    intermediate_size: 21_504,
  },
  config,
);
