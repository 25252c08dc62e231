import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, mxfp4Experts } from "./sources.ts";

const report = { title: "gpt-oss-120b & gpt-oss-20b Model Card", url: "https://arxiv.org/abs/2508.10925" };
const config = configOf("openai/gpt-oss-120b");

export const gptOss120b = modelFromConfig(
  {
    name: "gpt-oss-120b",
    summary: "mixture of 128 experts; a window of 128 tokens and full attention by turns, 8 kv heads of 64",
    sources: [report, config],
    published: {
      parameters: from(report)(116.83e9, "1", { where: "table 1" }),
      active: from(report)(5.13e9, "1", { where: "table 1" }),
      bytes: from(report)(60.8 * 2 ** 30, "B", { where: "table 1, checkpoint size", note: "60.8 GiB" }),
    },
    plan: "gpt-oss",
  },
  {
    model_type: "gpt_oss",
    num_hidden_layers: 36,
    hidden_size: 2880,
    vocab_size: 201_088,
    max_position_embeddings: 131_072,
    num_attention_heads: 64,
    num_key_value_heads: 8,
    head_dim: 64,
    sliding_window: 128,
    layer_types: [...Array<string[]>(18).fill(["sliding_attention", "full_attention"]).flat()],
    intermediate_size: 2880,
    num_local_experts: 128,
    num_experts_per_tok: 4,
    quantization_config: mxfp4Experts,
  },
  config,
);
