import { compressedLayers, latentLayers, sharedRecordLayers } from "../attention/latent.ts";
import { longcatFeedForward } from "../feed-forward.ts";
import { tied } from "./family.ts";
import type { ConfigFamily } from "./family.ts";

/** Models of latent attention, and of records of compressed tokens. */
// prettier-ignore
export const latentFamilies: readonly ConfigFamily[] = [
  { types: ["deepseek_v2", "deepseek_v3", "deepseek_v32", "kimi_k2", "kimi_k25", "kimi_vl", "glm_moe_dsa", "glm4_moe_lite", "sarvam_mla",
      "deepseek_vl_v2", "mistral4", "mistral_large_3", "axk1"], attention: latentLayers },
  { types: ["youtu", "youtu_llm"], attention: latentLayers, defaults: tied },
  { types: ["axk2", "hy_v4"], attention: latentLayers, defaults: { mla_use_output_gate: true } },
  // its class divides the hidden size by the heads
  { types: ["minicpm3"], attention: latentLayers, defaults: { v_head_dim: 64, ...tied } },
  { types: ["longcat_flash", "longcat_flash_ngram"], attention: latentLayers, feedForward: longcatFeedForward,
    layers: (keys) => 2 * keys.count("num_layers", "num_hidden_layers").value,
    defaults: { zero_expert_num: 256 } },
  { types: ["deepseek_v4"], attention: compressedLayers },
  { types: ["deepseek_v41", "deepseek_v41_text"], attention: sharedRecordLayers,
    defaults: { candidate_topk_blocks: 2048, candidate_block_size: 8, n_shared_experts: 1, hc_mult: 4, sliding_window: 128, engram_head_dim: 256,
      compress_ratios: [0, 0, ...Array<number>(18).fill(2), ...Array<number>(20).fill(1)], kv_source_layer_ids: [2, 8, 14, 20],
      index_source_layer_ids: [2, 8, 14, 20, 24, 28, 32, 36], candidate_source_layer_id: 20 },
    nested: { vocab_size: 129_280, hidden_size: 5120, num_hidden_layers: 40, num_attention_heads: 64, head_dim: 512, q_lora_rank: 1280,
      index_n_heads: 32, index_head_dim: 128, index_topk: 512, o_groups: 8, o_lora_rank: 1024, moe_intermediate_size: 2304, n_routed_experts: 384,
      num_experts_per_tok: 6, max_position_embeddings: 1_048_576 } },
];
