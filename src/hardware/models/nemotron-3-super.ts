import { from } from "../../core/units.ts";
import { modelFromConfig } from "../config/model.ts";
import { configOf } from "./sources.ts";

const card = {
  title: "NVIDIA Nemotron 3 Super 120B-A12B",
  url: "https://huggingface.co/nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-NVFP4",
  unread: true,
} as const;
const config = configOf("nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-NVFP4");

/** Blocks of the config.json: M Mamba-2, E experts, * attention; each is a layer by itself. */
const blocks = "MEMEMEM*EMEMEMEM*EMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEM*EMEMEMEME";

export const nemotron3Super = modelFromConfig(
  {
    name: "nemotron-3-super",
    summary: "40 layers of Mamba-2, 8 of attention, 40 of 512 experts behind a latent of 1024",
    sources: [card, config],
    published: {
      parameters: from(card)(120e9, "1", { where: "name of the model" }),
      active: from(card)(12e9, "1", { where: "name of the model" }),
    },
  },
  {
    model_type: "nemotron_h",
    num_hidden_layers: 88,
    hidden_size: 4096,
    vocab_size: 131_072,
    max_position_embeddings: 262_144,
    num_nextn_predict_layers: 1,
    hybrid_override_pattern: blocks,
    num_attention_heads: 32,
    num_key_value_heads: 2,
    head_dim: 128,
    mamba_num_heads: 128,
    mamba_head_dim: 64,
    ssm_state_size: 128,
    n_groups: 8,
    conv_kernel: 4,
    moe_intermediate_size: 2688,
    moe_latent_size: 1024,
    moe_shared_expert_intermediate_size: 5376,
    n_routed_experts: 512,
    num_experts_per_tok: 22,
    n_shared_experts: 1,
  },
  config,
);
