import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { fp8Blocks, unread } from "./sources.ts";

const atlas = {
  title: "deepseek-ai/DeepSeek-V4.1-Flash at dba1be0, tensors of its 48 files",
  url: "https://github.com/kiojuvr/deepseek-v41-flash-mlx/blob/2ad6bc968cece86c050849d68342ee88d7a5894f/docs/checkpoint-atlas.md",
} as const;
const config = unread({
  title: "deepseek-ai/DeepSeek-V4.1-Flash, config.json (class defaults of transformers)",
  url: "https://github.com/huggingface/transformers/blob/f026c8315a275221a61e087edc3536f341e55f09/src/transformers/models/deepseek_v41/configuration_deepseek_v41.py",
});

/**
 * The language model: 763,205,315,794 parameters less 14,225,362,530 of the drafts (DSpark) and 485,268,480 of vision;
 * Engram's tables are 196,613,849,600 of them, and engines may keep them in the host's memory. The config.json itself was
 * not read: its text keys are the class's defaults, and rows of Engram's tables are those of the tensors. Not public, or not
 * told apart here: times of its kernels (those of DeepSeek-V4's modules stand in), the prefill that skips the second half of
 * the layers for all but the last tokens (8B active in place of 16B), and the drafts' acceptance.
 */
export const deepseekV41Flash = modelFromConfig(
  {
    name: "deepseek-v4.1-flash",
    summary:
      "mixture of 384 experts; 4 of 38 compressed layers make records, 8 choose, the others read theirs; n-gram tables of 197B",
    sources: [atlas, config],
    published: {
      parameters: from(atlas)(748_494_684_784, "1", {
        where: "parameters: backbone and Engram lookup tables",
      }),
      active: from(
        unread({
          title: "DeepSeek-V4.1-Flash, model card",
          url: "https://huggingface.co/deepseek-ai/DeepSeek-V4.1-Flash",
        }),
      )(16e9, "1", {
        where: "16B active in decoding",
      }),
    },
  },
  {
    model_type: "deepseek_v41_text",
    num_hidden_layers: 40,
    hidden_size: 5120,
    vocab_size: 129_280,
    max_position_embeddings: 1_048_576,
    num_nextn_predict_layers: 3,
    num_attention_heads: 64,
    head_dim: 512,
    sliding_window: 128,
    q_lora_rank: 1280,
    o_groups: 8,
    o_lora_rank: 1024,
    compress_ratios: [0, 0, ...Array<number>(18).fill(2), ...Array<number>(20).fill(1)],
    kv_source_layer_ids: [2, 8, 14, 20],
    index_source_layer_ids: [2, 8, 14, 20, 24, 28, 32, 36],
    candidate_source_layer_id: 20,
    candidate_topk_blocks: 2048,
    candidate_block_size: 8,
    index_n_heads: 32,
    index_head_dim: 128,
    index_topk: 512,
    moe_intermediate_size: 2304,
    n_routed_experts: 384,
    num_experts_per_tok: 6,
    n_shared_experts: 1,
    hc_mult: 4,
    engram_layer_ids: [1, 14],
    engram_num_embeddings: [384_006_168, 384_016_682],
    engram_head_dim: 256,
    expert_dtype: "fp4",
    quantization_config: fp8Blocks,
  },
  config,
);
