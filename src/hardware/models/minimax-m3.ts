import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, unread } from "./sources.ts";

const report = {
  title: "Megatron Bridge, MiniMax-M3",
  url: "https://docs.nvidia.com/nemo/megatron-bridge/nightly/models/minimax/minimax-m3.html",
};
const config = configOf("MiniMaxAI/MiniMax-M3");

export const minimaxM3 = modelFromConfig(
  {
    name: "minimax-m3",
    summary: "mixture of 128 experts; 3 layers of full attention and 57 that read 16 blocks of 128 (MSA)",
    sources: [report, config],
    published: {
      parameters: from(unread(report))(428e9, "1", {
        where: "428B total, about 23B active",
      }),
      active: from(unread(report))(23e9, "1", { where: "428B total, about 23B active" }),
    },
    plan: "minimax-m3",
  },
  {
    model_type: "minimax_m3",
    num_hidden_layers: 60,
    hidden_size: 6144,
    vocab_size: 200_064,
    max_position_embeddings: 1_048_576,
    num_nextn_predict_layers: 1,
    num_attention_heads: 64,
    num_key_value_heads: 4,
    head_dim: 128,
    sparse_attention_config: {
      sparse_attention_freq: [0, 0, 0, ...Array<number>(57).fill(1)],
      sparse_block_size: 128,
      sparse_index_dim: 128,
      sparse_num_index_heads: 4,
      sparse_topk_blocks: 16,
    },
    intermediate_size: 3072,
    dense_intermediate_size: 12_288,
    first_k_dense_replace: 3,
    moe_intermediate_size: 3072,
    num_local_experts: 128,
    num_experts_per_tok: 4,
    n_shared_experts: 1,
    shared_intermediate_size: 3072,
  },
  config,
);
