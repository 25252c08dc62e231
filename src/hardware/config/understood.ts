import type { Keys } from "./keys.ts";

/**
 * Keys of a config.json that decide neither memory nor time: tokens, training, positions, norms, scores of routers, other
 * towers, and how kernels are run. Those of multi-token prediction and of the formats of weights are read elsewhere.
 */
// prettier-ignore
const unneeded: readonly RegExp[] = [
  // tokens and text
  /^_|_token_ids?$|_token_index$|_token_\w+$|^(?:bos|eos|eod|pad|sep|boi|eoi|boa|eoa|unk)_|^tokenizer_class$|^(?:media|image|video)_placeholder/,
  // training and sampling
  /dropout|_pdrop$|^layerdrop$|^gradient_checkpointing$|^init_(?:config|device)$|^initializer|_std$|loss|^z_loss|_coef$|jitter|^seq_aux$|^pretraining_tp$|^ep_size$|_init_|^max_z$|_update_speed$|_xavier_init$|^predict_special_tokens$/,
  /^(?:do_sample|temperature|top_k|top_p|typical_p|num_beams|num_beam_groups|diversity_penalty|length_penalty|repetition_penalty|early_stopping|max_length|min_length|no_repeat_ngram_size|encoder_no_repeat_ngram_size|num_return_sequences|output_scores|return_dict\w*|remove_invalid_values|forced_\w+|suppress_tokens|begin_suppress_tokens|bad_words_ids|exponential_decay_length_penalty)$/,
  // positions
  /^(?:offset_alibi|position_encoding_2d|original_rope|learned_pos_emb|attn_rotary_emb|use_rotary_pos_emb|rope_freq_constant|interpolate_factor|full_attn_mod|attn_temperature_len)$|rope_interleave|^rope_|_rope_theta$|^rotary|^partial_rotary|mrope|^yarn|^use_pos_enc$|_use_rope$|^original_max|^initial_context_length$|^llama_4_scaling|^position_embedding_type$|^attn_temperature|^floor_scale$|^attn_scale$|nope$|^no_rope_layers$|^no_rope_layer_interval$|^alibi|^use_dynamic_ntk$|^use_logn_attn$|^local_rope|_base_freq$|^use_mem_rope$|^use_long_context$|^hc_(?:eps|sinkhorn)/,
  // norms, activations and factors
  /norm_eps$|norm_epsilon$|^layernorm|^layer_norm|^rms_norm|qk_norm|^qk_layernorm$|_norm$|^norm_|^sandwich_norm$|^mla_scale_|^normalization_function$|^init_method$|^kda_(?:safe_gate|lower_bound)$|^group_norm_size$|^(?:rmsnorm|rms_norm|postnorm|norm_type|normalization_layer_name|normalize_qk_projections|do_layer_norm_before|mamba_inner_layernorms|num_ln_in_parallel_attn|_remove_final_layer_norm)$|^(?:add|use)_\w*norm/,
  /^(?:mlp_)?hidden_act|^hidden_activation$|_hidden_act$|^swiglu|^activation|^act_fn|^ffn_act_fn$|^ffn_config\.ffn_act_fn|^gegelu|^use_gated_activation$|^mlp_type$|^glu$|^clip_qkv$|^max_attn_value$|^block_use_swiglu$/,
  /softcapping|_multipliers?$|^logits?_|^embedding_|^residual_|_scaling$|^scale_|^mup_|^use_mup$|^dim_model_base$|^attention_value_scale$|^query_pre_attn_scalar$|^lightning_scale$|^output_gate_type$|^output_multiplier_scale$|^gate_lower_bound$/,
  // routers
  /^(?:norm_topk_probs?|scoring_func|topk_method|topk_group|n_group|routed_scaling_factor|moe_router\w*|router_\w+|route_\w+|use_routing_bias|use_moe_router_bias|moe_renormalize|num_expert_group|use_grouped_topk|moe_norm_min|gate_temp|score_function|use_expert_bias|num_hash_layers|output_router_logits|moe_gate_\w+|moe_use_\w+|moe_multimodal_\w+|enable_moe_fp32_combine|moe_apply_\w+|moe_routed_scaling_factor|gated_attention_proj_granularity_type|moe_shared_expert_overlap|moe_weight_\w+|moe_capacity|moe_gate|moe_\w*capacity\w*|moe_token_dropping|moe_drop_tokens|score_func|load_balance_coeff|num_expert_groups|num_limited_groups|use_grouped_mm|shared_moe_mode)$/,
  // the file itself
  /^(?:architectures|model_type|transformers_version|torch_dtype|dtype|auto_map|use_cache|task_specific_params|id2label|label2id|problem_type|torchscript|use_bfloat16|is_decoder|is_encoder_decoder|prefix|finetuning_task|add_cross_attention|cross_attention_hidden_size|tie_encoder_decoder|tf_legacy_loss|pruned_heads|chunk_size_feed_forward|output_attentions|output_hidden_states|language_model_only|name|summary|source|plan|as|tokenizer_name|verbose|class_num|pool_type|org_vocab_size|cache_implementation|template|internal_version|ssm_cfg|dense_list|gated_linear_unit|use_shared_block_lora|is_llama_config|js_config|for_llm_compressor|embd_layer|context_window_size)$|^summary_|_runner(?:_input)?$/,
  /bias$|^quantization_config$|^quantization$|^expert_dtype$|^scale_fmt$|^producer$|^kv_cache_\w+$/,
  // other towers
  /vision|visual|image|video|audio|^img_|^mm_|projector|^vit_|patch|^tile_size$|^max_tiles|^downsample|speech|^ignore_index$|^spatial_merge|^multimodal|^media_|^num_reward_heads$|^use_unified|talker|code2wav|_modal|^token2wav|_per_seconds$|_per_chunk$|^(?:ps_version|select_layer|num_media_embeds)$|^use_(?:backbone_lora|llm_lora|thumbnail)$|^im_\w+_id$|^text_\w+_id$/,
  // multi-token prediction, and how kernels run
  /mtp|^num_nextn|^nextn|^num_logits_to_keep$|^use_mamba_kernels$|chunk_size$|^mamba_ssm|^mamba_hidden_act$|^time_step|^rescale_prenorm|in_fp32$|^conv_dim_out$|^mamba_norm_before_gate$/,
  /^add_\w+_sink|sink_bias$|^use_bidirectional|attn_implementation|^_attn|^use_flash|fused|^use_parallel_(?:residual|block|embedding)$|^parallel_attn|^masked_softmax_fusion$|^skip_bias_add$|^use_embedding_sharing$|^attn_impl$|^use_falcon_mambapy$|^enc_index$/,
  // dimensions that other keys say already
  /^(?:qk_head_dim|attention_method|zero_expert_type|rel_extent|log_scaling_\w+|use_sconv|shared_expert_sink|use_global_scale|use_gate_bias|gate_activation|unpadded_vocab_size|kda_layers|expand|num_heads|block_dim|max_window_layers|sparse_disable_index_value|sparse_init_block|sparse_local_block|sparse_score_type|use_sparse_attention|unshifted_sink|use_prefill_window_in_sink_attention|qk_rope_head_dim|sliding_window_size|num_gqa_groups|qkv_multipliers|n_ctx|max_sequence_length|original_max_seq_len|layer_switch|kv_channels|num_query_groups|attention_hidden_size|hybrid_layer_ids|model_parallel_size)$/,
];

/** Keys that say with other keys of the file what one of them alone decides, by the key that decides. */
const restated: Readonly<Record<string, readonly string[]>> = {
  layer_types: [
    "sliding_window_pattern",
    "full_attention_interval",
    "attn_type_list",
    "layer_group_size",
    "global_attn_every_n_layers",
  ],
  mlp_layer_types: ["first_k_dense_replace", "moe_layer_freq", "decoder_sparse_step", "mlp_only_layers"],
  mamba_d_head: ["mamba_expand", "mamba_d_ssm"],
  head_dim: ["attention_head_dim"],
  moe_layer_freq: ["first_k_dense_replace", "intermediate_size"],
  indexer_types: ["index_topk_freq", "index_skip_topk_offset", "index_topk_pattern"],
  kv_lora_rank: ["num_key_value_heads", "head_dim", "layer_types"],
  block_ff_dim: ["intermediate_size"],
  num_experts_per_tok: ["experts_per_token"],
  o_lora_rank: ["num_key_value_heads"],
  num_experts: [
    "intermediate_size",
    "shared_expert_intermediate_size",
    "expert_layer_period",
    "expert_layer_offset",
    "num_experts_per_tok",
  ],
  n_routed_experts: ["intermediate_size", "num_experts"],
  num_local_experts: ["intermediate_size", "intermediate_size_mlp", "attn_type_list"],
  moe_intermediate_size: ["intermediate_size", "expert_hidden_dim"],
  hybrid_override_pattern: ["num_hidden_layers", "intermediate_size"],
  layers_block_type: ["num_hidden_layers", "intermediate_size"],
  sliding_window: ["use_sliding_window"],
  mlp_only_layers: ["mlp_only_layers"],
  moe_layers: ["interleave_moe_layer_step"],
  hidden_size_per_layer_input: ["vocab_size_per_layer_input"],
  model_max_length: ["max_position_embeddings"],
  max_position_embeddings: ["seq_length"],
  hidden_size: ["d_model"],
  num_hidden_layers: ["num_layers", "n_layer"],
  vocab_size: ["padded_vocab_size"],
  new_decoder_architecture: ["multi_query"],
  multi_query: ["num_kv_heads", "n_head_kv"],
  ffn_hidden_size: ["ff_factor"],
  attention_layers: ["attention_types"],
  num_heads: ["intermediate_size"],
  state_size: ["d_inner", "expand"],
  use_cla: ["cla_share_factor"],
  first_k_dense_replace: ["is_moe_layer"],
};

/** Keys under which a wrapper has the language model; its own copies of that model's keys say nothing more. */
const inner = ["text_config", "language_config", "llm_config"];

/** Keys of a file that nothing reads and that might matter. A list names the same key of many layers once. */
export function notUnderstood(keys: Keys): string[] {
  const own = keys.unasked().filter((path) => {
    const parts = path.split(".");
    if (parts.some((part) => unneeded.some((pattern) => pattern.test(part)))) return false;
    const name = parts.at(-1)!;
    if (parts.length === 1 && inner.some((key) => keys.isInFile(`${key}.${name}`))) return false;
    const beside = (key: string): string => [...parts.slice(0, -1), key].join(".");
    return !Object.entries(restated).some(([key, said]) => said.includes(name) && keys.isInFile(beside(key)));
  });
  return [...new Set(own.map((path) => path.replaceAll(/\.\d+\./g, ".")))];
}
