import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, fp8Blocks, nvfp4Release, unread } from "./sources.ts";

const report = { title: "MiniMax-M2", url: "https://huggingface.co/MiniMaxAI/MiniMax-M2" };
const config = configOf("MiniMaxAI/MiniMax-M2.5");

export const minimaxM25 = modelFromConfig(
  {
    name: "minimax-m2.5",
    summary: "mixture of 256 experts, grouped-query attention, 8 kv heads of 128",
    sources: [report, config],
    published: {
      parameters: from(unread(report))(230e9, "1", { where: "model card: 230B, 10B active" }),
      active: from(unread(report))(10e9, "1", { where: "model card: 230B, 10B active" }),
    },
    releases: [
      nvfp4Release("nvidia/MiniMax-M2.5-NVFP4", ["lm_head", "*.block_sparse_moe.gate", "*.self_attn"]),
    ],
  },
  {
    model_type: "minimax_m2",
    num_hidden_layers: 62,
    hidden_size: 3072,
    vocab_size: 200_064,
    max_position_embeddings: 196_608,
    num_mtp_modules: 3,
    num_attention_heads: 48,
    num_key_value_heads: 8,
    head_dim: 128,
    intermediate_size: 1536,
    num_local_experts: 256,
    num_experts_per_tok: 8,
    quantization_config: {
      ...fp8Blocks,
      modules_to_not_convert: ["gate", "e_score_correction_bias", "lm_head"],
    },
  },
  config,
);
