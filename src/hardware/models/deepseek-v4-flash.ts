import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, fp8Blocks, unread } from "./sources.ts";

const report = { title: "DeepSeek-V4", url: "https://huggingface.co/deepseek-ai/DeepSeek-V4-Flash" };
const config = configOf("deepseek-ai/DeepSeek-V4-Flash");

export const deepseekV4Flash = modelFromConfig(
  {
    name: "deepseek-v4-flash",
    summary:
      "mixture of 256 experts; compressed attention, sparse (CSA) and heavy (HCA) by turns, two windows first",
    sources: [report, config],
    published: {
      parameters: from(unread(report))(284e9, "1", { where: "284B-A13B" }),
      active: from(unread(report))(13e9, "1", { where: "284B-A13B" }),
    },
  },
  {
    model_type: "deepseek_v4",
    num_hidden_layers: 43,
    hidden_size: 4096,
    vocab_size: 129_280,
    max_position_embeddings: 1_048_576,
    num_nextn_predict_layers: 1,
    num_attention_heads: 64,
    head_dim: 512,
    sliding_window: 128,
    q_lora_rank: 1024,
    index_n_heads: 64,
    index_head_dim: 128,
    index_topk: 512,
    compress_ratios: [0, 0, ...Array<number[]>(20).fill([4, 128]).flat(), 4],
    o_groups: 8,
    o_lora_rank: 1024,
    moe_intermediate_size: 2048,
    n_routed_experts: 256,
    num_experts_per_tok: 6,
    n_shared_experts: 1,
    expert_dtype: "fp4",
    quantization_config: fp8Blocks,
    hc_mult: 4,
  },
  config,
);
