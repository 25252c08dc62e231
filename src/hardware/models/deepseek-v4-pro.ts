import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, fp8Blocks, unread } from "./sources.ts";

const report = { title: "DeepSeek-V4", url: "https://huggingface.co/deepseek-ai/DeepSeek-V4-Pro" };
const config = configOf("deepseek-ai/DeepSeek-V4-Pro");

export const deepseekV4Pro = modelFromConfig(
  {
    name: "deepseek-v4-pro",
    summary: "mixture of 384 experts; compressed attention, sparse (CSA) and heavy (HCA) by turns",
    sources: [report, config],
    published: {
      parameters: from(unread(report))(1.6e12, "1", { where: "1.6T-A49B" }),
      active: from(unread(report))(49e9, "1", { where: "1.6T-A49B" }),
    },
    plan: "deepseek-v4-pro",
  },
  {
    model_type: "deepseek_v4",
    num_hidden_layers: 61,
    hidden_size: 7168,
    vocab_size: 129_280,
    max_position_embeddings: 1_048_576,
    num_nextn_predict_layers: 1,
    num_attention_heads: 128,
    head_dim: 512,
    sliding_window: 128,
    q_lora_rank: 1536,
    index_n_heads: 64,
    index_head_dim: 128,
    index_topk: 1024,
    compress_ratios: [128, ...Array<number[]>(30).fill([128, 4]).flat()],
    o_groups: 16,
    o_lora_rank: 1024,
    moe_intermediate_size: 3072,
    n_routed_experts: 384,
    num_experts_per_tok: 6,
    n_shared_experts: 1,
    expert_dtype: "fp4",
    quantization_config: fp8Blocks,
    hc_mult: 4,
  },
  config,
);
