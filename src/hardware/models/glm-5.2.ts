import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf, nvfp4Release, unread } from "./sources.ts";

const report = { title: "GLM-5, model card", url: "https://huggingface.co/zai-org/GLM-5" };
const config = configOf("zai-org/GLM-5.2");

export const glm52 = modelFromConfig(
  {
    name: "glm-5.2",
    summary:
      "mixture of 256 experts; latent attention with an indexer in 21 of 78 layers, shared by those after it",
    sources: [report, config],
    published: {
      parameters: from(unread(report))(744e9, "1", {
        where: "of GLM-5, with the same dimensions",
      }),
      active: from(unread(report))(40e9, "1", {
        where: "of GLM-5, with the same dimensions",
      }),
    },
    releases: [
      nvfp4Release("nvidia/GLM-5.2-NVFP4", [
        "lm_head",
        "*.layers.0*",
        "*.layers.1.*",
        "*.layers.2.*",
        "*.mlp.shared_experts",
        "*.self_attn",
      ]),
    ],
  },
  {
    model_type: "glm_moe_dsa",
    num_hidden_layers: 78,
    hidden_size: 6144,
    vocab_size: 154_880,
    max_position_embeddings: 1_048_576,
    num_nextn_predict_layers: 1,
    num_attention_heads: 64,
    q_lora_rank: 2048,
    kv_lora_rank: 512,
    qk_nope_head_dim: 192,
    qk_rope_head_dim: 64,
    v_head_dim: 256,
    index_n_heads: 32,
    index_head_dim: 128,
    index_topk: 2048,
    indexer_types: [
      "full",
      "full",
      ...Array<string[]>(19).fill(["full", "shared", "shared", "shared"]).flat(),
    ],
    intermediate_size: 12_288,
    first_k_dense_replace: 3,
    moe_intermediate_size: 2048,
    n_routed_experts: 256,
    num_experts_per_tok: 8,
    n_shared_experts: 1,
  },
  config,
);
