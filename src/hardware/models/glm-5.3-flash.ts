import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { unread } from "./sources.ts";

const card = unread({
  title: "GLM-5.3-Flash, model card",
  url: "https://huggingface.co/zai-org/GLM-5.3-Flash",
});
const config = {
  title: "zai-org/GLM-5.3-Flash, config.json (as the tests of public code restate it)",
  url: "https://huggingface.co/zai-org/GLM-5.3-Flash/blob/main/config.json",
  unread: true,
} as const;

/**
 * The language model; the vision encoder is left out. Dimensions are the defaults of transformers'
 * configuration_glm5_next.py at 02106f7, with index_kpool 4 as the released file has it; its length is that of the card.
 * The published 320B have the layer of multi-token prediction, 7B, which is left out here; so may the 18B active, which are
 * not compared for that reason: without it and with the token embedding they are 17.4B.
 */
export const glm53Flash = modelFromConfig(
  {
    name: "glm-5.3-flash",
    summary:
      "mixture of 288 experts; 34 layers of KDA and 11 of latent attention without rope, with an index of pools",
    sources: [card, config],
    published: {
      parameters: from(card)(320e9, "1", { where: "320B in all" }),
    },
  },
  {
    model_type: "glm5_next_text",
    num_hidden_layers: 45,
    hidden_size: 4096,
    vocab_size: 154_880,
    max_position_embeddings: 1_048_576,
    num_nextn_predict_layers: 1,
    hc_mult: 4,
    linear_num_heads: 64,
    linear_head_dim: 128,
    linear_conv_kernel_dim: 4,
    num_attention_heads: 64,
    q_lora_rank: 1536,
    kv_lora_rank: 512,
    qk_nope_head_dim: 256,
    qk_rope_head_dim: 0,
    v_head_dim: 256,
    index_n_heads: 32,
    index_head_dim: 128,
    index_topk: 2048,
    index_kpool: 4,
    intermediate_size: 12_288,
    first_k_dense_replace: 3,
    moe_intermediate_size: 2048,
    n_routed_experts: 288,
    num_experts_per_tok: 8,
    n_shared_experts: 1,
  },
  config,
);
