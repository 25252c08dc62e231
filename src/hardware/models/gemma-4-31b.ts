import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, nvfp4Release } from "./sources.ts";

const card = {
  title: "Gemma 4 31B, NVFP4 by NVIDIA",
  url: "https://huggingface.co/nvidia/Gemma-4-31B-IT-NVFP4",
  unread: true,
} as const;
const config = configOf("nvidia/Gemma-4-31B-IT-NVFP4");

/** The language model; the vision encoder is left out. The weights are those in bf16, and NVIDIA's in NVFP4 beside them. */
export const gemma4Of31b = modelFromConfig(
  {
    name: "gemma-4-31b",
    summary:
      "dense; 50 layers with a window of 1024 tokens, and 10 of full attention with 4 kv heads of 512 whose keys are values",
    sources: [card, config],
    published: { parameters: from(card)(31e9, "1", { where: "name of the model" }) },
    releases: [nvfp4Release("nvidia/Gemma-4-31B-IT-NVFP4", ["lm_head", "*.self_attn"])],
  },
  {
    model_type: "gemma4_text",
    num_hidden_layers: 60,
    hidden_size: 5376,
    hidden_size_per_layer_input: 0,
    vocab_size: 262_144,
    tie_word_embeddings: true,
    max_position_embeddings: 262_144,
    num_attention_heads: 32,
    num_key_value_heads: 16,
    head_dim: 256,
    num_global_key_value_heads: 4,
    global_head_dim: 512,
    attention_k_eq_v: true,
    num_kv_shared_layers: 0,
    sliding_window: 1024,
    layer_types: Array.from({ length: 60 }, (_, l) => (l % 6 === 5 ? "full_attention" : "sliding_attention")),
    enable_moe_block: false,
    intermediate_size: 21_504,
  },
  config,
);
