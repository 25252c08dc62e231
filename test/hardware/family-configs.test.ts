import { describe, expect, it } from "vitest";
import { nativeOf } from "../../src/hardware/model.ts";
import { holdToPublished, read } from "./known-models.ts";
import type { Known } from "./known-models.ts";

const gpt = (n_layer: number, n_embd: number, n_head: number) => ({ n_layer, n_embd, n_head });

// prettier-ignore
const known: Readonly<Record<string, Known>> = {
  "gpt2: no width of the feed-forward, learned positions": {
    config: { model_type: "gpt2", ...gpt(12, 768, 12), n_ctx: 1024, n_positions: 1024, vocab_size: 50_257, summary_type: "cls_index", summary_use_proj: true, attn_pdrop: 0.1 },
    total: 0.124439808, source: "openai-community/gpt2, safetensors: 124,439,808", layers: 12, kv: 12 * 2 * 768 * 2, within: 0.001 },
  "StarCoder: multi_query": {
    config: { model_type: "gpt_bigcode", ...gpt(40, 6144, 48), n_inner: 24_576, n_positions: 8192, multi_query: true, vocab_size: 49_152 },
    total: 15.5, source: "StarCoder, arXiv:2305.06161: 15.5B", layers: 40, kv: 40 * 2 * 128 * 2 },
  "GPT-J: n_inner null": {
    config: { model_type: "gptj", ...gpt(28, 4096, 16), n_inner: null, n_positions: 2048, rotary_dim: 64, tie_word_embeddings: false, vocab_size: 50_400 },
    total: 6.053381344, source: "EleutherAI/gpt-j-6b, README: 6,053,381,344", layers: 28, kv: 28 * 2 * 4096 * 2 },
  "GPT-NeoX": {
    config: { model_type: "gpt_neox", hidden_size: 6144, num_attention_heads: 64, num_hidden_layers: 44, intermediate_size: 24_576, vocab_size: 50_432, tie_word_embeddings: false },
    total: 20.55456768, source: "EleutherAI/gpt-neox-20b, README: 20,554,567,680", layers: 44, kv: 44 * 2 * 6144 * 2, within: 0.001 },
  "GPT-Neo: attention_types, windows of 256": {
    config: { model_type: "gpt_neo", hidden_size: 2560, num_heads: 20, num_layers: 32, attention_types: [[["global", "local"], 16]], window_size: 256, intermediate_size: null, max_position_embeddings: 2048, vocab_size: 50_257 },
    total: 2.65, source: "EleutherAI/gpt-neo-2.7B, GPT-Neo 2.7B: 2.65B", layers: 32, kv: 16 * 2 * 2560 * 2, fixed: 16 * 256 * 2 * 2560 * 2 },
  "OPT: ffn_dim, two positions before the first": {
    config: { model_type: "opt", hidden_size: 4096, ffn_dim: 16_384, num_attention_heads: 32, num_hidden_layers: 32, word_embed_proj_dim: 4096, max_position_embeddings: 2048, vocab_size: 50_272, do_layer_norm_before: true },
    total: 6.658473984, source: "facebook/opt-6.7b, number of its tensors' elements: 6,658,473,984", layers: 32, kv: 32 * 2 * 4096 * 2 },
  "BLOOM: n_embed": {
    config: { model_type: "bloom", n_embed: 14_336, n_layer: 70, num_attention_heads: 112, seq_length: 2048, vocab_size: 250_880, offset_alibi: 100 },
    total: 176.247271424, source: "bigscience/bloom, README: 176,247,271,424", layers: 70, kv: 70 * 2 * 14_336 * 2, within: 0.001 },
  "Falcon 7B: num_kv_heads says nothing before the new decoder architecture": {
    config: { model_type: "falcon", hidden_size: 4544, num_attention_heads: 71, num_hidden_layers: 32, num_kv_heads: 71, multi_query: true, new_decoder_architecture: false, parallel_attn: true, vocab_size: 65_024 },
    total: 6.921720704, source: "tiiuae/falcon-7b, tensors without the copy of the embedding: 6,921,720,704", layers: 32, kv: 32 * 2 * 64 * 2, within: 0.001 },
  "Falcon 40B": {
    config: { model_type: "RefinedWeb", hidden_size: 8192, n_head: 128, n_layer: 60, n_head_kv: 8, multi_query: true, new_decoder_architecture: true, vocab_size: 65_024 },
    total: 41.3, source: "Falcon series, arXiv:2311.16867: 60 layers of 8192, 41.3B with one embedding", layers: 60, kv: 60 * 2 * 8 * 64 * 2 },
  "MPT: kv heads by attn_type": {
    config: { model_type: "mpt", d_model: 4096, n_heads: 32, n_layers: 32, expansion_ratio: 4, max_seq_len: 2048, vocab_size: 50_432, attn_config: { attn_type: "multihead_attention", alibi: true }, no_bias: true },
    total: 6.65, source: "mosaicml/mpt-7b, tensors: 6.65B", layers: 32, kv: 32 * 2 * 4096 * 2 },
  "DBRX: keys in attn_config and ffn_config": {
    config: { model_type: "dbrx", d_model: 6144, n_heads: 48, n_layers: 40, max_seq_len: 32_768, vocab_size: 100_352, tie_word_embeddings: false, attn_config: { clip_qkv: 8, kv_n_heads: 8, rope_theta: 500_000 }, ffn_config: { ffn_hidden_size: 10_752, moe_num_experts: 16, moe_top_k: 4, ffn_act_fn: { name: "silu" } } },
    total: 132, active: 36, source: "databricks/dbrx-instruct, README: 132B, 36B active", layers: 40, kv: 40 * 2 * 8 * 128 * 2 },
  "ChatGLM3: multi_query_group_num": {
    config: { model_type: "chatglm", hidden_size: 4096, num_layers: 28, num_attention_heads: 32, kv_channels: 128, ffn_hidden_size: 13_696, multi_query_attention: true, multi_query_group_num: 2, padded_vocab_size: 65_024, seq_length: 8192 },
    total: 6.243584, source: "THUDM/chatglm3-6b, tensors: 6,243,584,000", layers: 28, kv: 28 * 2 * 2 * 128 * 2, within: 0.001 },
  "ChatGLM: inner_hidden_size without a gate": {
    config: { model_type: "chatglm", hidden_size: 4096, num_layers: 28, num_attention_heads: 32, inner_hidden_size: 16_384, max_sequence_length: 2048, vocab_size: 130_528 },
    total: 6.7, source: "THUDM/chatglm-6b, with an output head of its own: 6.7B", layers: 28, kv: 28 * 2 * 4096 * 2 },
  "Qwen 1: gate and up share intermediate_size": {
    config: { model_type: "qwen", hidden_size: 4096, intermediate_size: 22_016, kv_channels: 128, num_attention_heads: 32, num_hidden_layers: 32, seq_length: 8192, vocab_size: 151_936, tie_word_embeddings: false },
    total: 7.721324544, source: "Qwen/Qwen-7B, tensors: 7,721,324,544", layers: 32, kv: 32 * 2 * 4096 * 2, within: 0.001 },
  "OpenELM: heads and widths by layer": {
    config: { model_type: "openelm", model_dim: 1280, num_transformer_layers: 16, head_dim: 64, ffn_dim_divisor: 256, ffn_with_glu: true, max_context_length: 2048, vocab_size: 32_000, share_input_output_layers: true,
      ffn_multipliers: [0.5, 0.73, 0.97, 1.2, 1.43, 1.67, 1.9, 2.13, 2.37, 2.6, 2.83, 3.07, 3.3, 3.53, 3.77, 4],
      num_query_heads: [12, 12, 12, 12, 12, 16, 16, 16, 16, 16, 16, 16, 20, 20, 20, 20], num_kv_heads: [3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5] },
    total: 0.27, source: "OpenELM, arXiv:2404.14619, table 2: 270M", layers: 16, kv: 63 * 2 * 64 * 2 },
  "DeepSeekMoE 16B": {
    config: { model_type: "deepseek", hidden_size: 2048, intermediate_size: 10_944, moe_intermediate_size: 1408, first_k_dense_replace: 1, moe_layer_freq: 1, n_routed_experts: 64, n_shared_experts: 2, num_experts_per_tok: 6, num_attention_heads: 16, num_key_value_heads: 16, num_hidden_layers: 28, vocab_size: 102_400 },
    total: 16.4, active: 2.8, source: "DeepSeekMoE, arXiv:2401.06066: 16.4B, 2.8B activated", layers: 28, kv: 28 * 2 * 2048 * 2, within: 0.015 },
  "Grok 2: a dense layer beside the experts": {
    config: { model_type: "git", architectures: ["Grok1ForCausalLM"], hidden_size: 8192, intermediate_size: 32_768, moe_intermediate_size: 16_384, residual_moe: true, num_local_experts: 8, num_experts_per_tok: 2, num_attention_heads: 64, num_key_value_heads: 8, head_dim: 128, num_hidden_layers: 64, vocab_size: 131_072, sliding_window_size: -1 },
    total: 270, source: "unsloth/grok-2-GGUF, model size on Hugging Face: 270B", layers: 64, kv: 64 * 2 * 8 * 128 * 2 },
  "Arctic: a dense layer as wide as the model beside the experts": {
    config: { model_type: "arctic", hidden_size: 7168, intermediate_size: 4864, moe_layer_frequency: 1, num_local_experts: 128, num_experts_per_tok: 2, num_attention_heads: 56, num_key_value_heads: 8, num_hidden_layers: 35, use_residual: true, vocab_size: 32_000 },
    total: 480, active: 17, source: "Snowflake/snowflake-arctic-instruct, README: 480B, 17B active", layers: 35, kv: 35 * 2 * 8 * 128 * 2 },
  "Hunyuan-Large: every second layer reads K and V of the one before it": {
    config: { model_type: "hunyuan", cla_share_factor: 2, use_cla: true, hidden_size: 6400, intermediate_size: 18_304, moe_topk: 1, num_experts: 16, num_shared_expert: 1, use_mixed_mlp_moe: true, num_attention_heads: 80, num_key_value_heads: 8, num_hidden_layers: 64, tie_word_embeddings: true, vocab_size: 128_512 },
    total: 389, active: 52, source: "Hunyuan-Large, arXiv:2411.02265: 389B, 52B activated", layers: 64, kv: 32 * 2 * 8 * 80 * 2, within: 0.015 },
  "Trinity Mini: gated attention": {
    config: { model_type: "afmoe", hidden_size: 2048, intermediate_size: 6144, moe_intermediate_size: 1024, num_dense_layers: 2, num_experts: 128, num_experts_per_tok: 8, num_shared_experts: 1, num_attention_heads: 32, num_key_value_heads: 4, head_dim: 128, num_hidden_layers: 32, sliding_window: 2048, global_attn_every_n_layers: 4, score_func: "sigmoid", vocab_size: 200_192 },
    total: 26, active: 3, source: "arcee-ai/Trinity-Mini, README: 26B, 3B active", layers: 32, kv: 8 * 2 * 4 * 128 * 2, fixed: 24 * 2048 * 2 * 4 * 128 * 2, within: 0.025 },
  "MiniCPM3: value heads of hidden_size over heads": {
    config: { model_type: "minicpm3", hidden_size: 2560, intermediate_size: 6400, num_attention_heads: 40, num_key_value_heads: 40, num_hidden_layers: 62, qk_nope_head_dim: 64, qk_rope_head_dim: 32, q_lora_rank: 768, kv_lora_rank: 256, vocab_size: 73_448 },
    total: 4.07, source: "openbmb/MiniCPM3-4B, model size on Hugging Face: 4.07B", layers: 62, kv: 62 * (256 + 32) * 2 },
  "LongCat-Flash-Lite: tables of n-grams": {
    config: { model_type: "longcat_flash_ngram", hidden_size: 3072, ffn_hidden_size: 6144, expert_ffn_hidden_size: 1024, num_layers: 14, num_attention_heads: 32, kv_lora_rank: 512, q_lora_rank: 1536, qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128, n_routed_experts: 256, moe_topk: 12, zero_expert_num: 128, emb_neighbor_num: 4, emb_split_num: 4, ngram_vocab_size_ratio: 78, vocab_size: 131_072 },
    total: 68.5, source: "meituan-longcat/LongCat-Flash-Lite, README: 68.5B, 31.4B of them in n-gram embeddings", layers: 28, kv: 28 * 576 * 2 },
  "Mamba 2.8B": {
    config: { model_type: "mamba", hidden_size: 2560, d_model: 2560, intermediate_size: 5120, num_hidden_layers: 64, n_layer: 64, state_size: 16, conv_kernel: 4, expand: 2, time_step_rank: 160, ssm_cfg: {}, vocab_size: 50_280 },
    total: 2.768345600, source: "state-spaces/mamba-2.8b-hf, tensors: 2,768,345,600", layers: 64, kv: 0, fixed: 64 * 5120 * (16 + 3) * 4, within: 0.001 },
  "Falcon-Mamba: intermediate_size before expand": {
    config: { model_type: "falcon_mamba", hidden_size: 4096, intermediate_size: 8192, expand: 16, num_hidden_layers: 64, state_size: 16, conv_kernel: 4, time_step_rank: 256, tie_word_embeddings: false, vocab_size: 65_024 },
    total: 7.27, source: "Falcon Mamba, arXiv:2410.05355, with an output head of its own: 7.27B", layers: 64, kv: 0, fixed: 64 * 8192 * (16 + 3) * 4 },
  "Codestral Mamba": {
    config: { model_type: "mamba2", hidden_size: 4096, num_heads: 128, head_dim: 64, state_size: 128, n_groups: 8, num_hidden_layers: 64, conv_kernel: 4, expand: 2, tie_word_embeddings: false, vocab_size: 32_768 },
    total: 7.285403648, source: "Mistral AI, Codestral Mamba: 7,285,403,648", layers: 64, kv: 0, fixed: 64 * 4 * (128 * 64 * 128 + 3 * (8192 + 2 * 8 * 128)), within: 0.001 },
};

for (const [name, model] of Object.entries(known)) holdToPublished(name, model);

describe("a window that no context of the model fills", () => {
  const phi = {
    model_type: "phi3",
    num_hidden_layers: 2,
    hidden_size: 256,
    intermediate_size: 512,
    vocab_size: 100,
    num_attention_heads: 4,
  };

  it.each([
    [262_144, "dense"],
    [131_072, "dense"],
    [2047, "sink-window(sinks=0,window=2047)"],
  ])("of %i tokens is %s", (sliding_window, plan) => {
    expect(nativeOf(read({ ...phi, sliding_window, max_position_embeddings: 131_072 }))).toBe(plan);
  });
});

describe("a file that no family reads", () => {
  const text = {
    hidden_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    vocab_size: 100,
    intermediate_size: 128,
  };

  it.each<[object, RegExp]>([
    [
      { model_type: "t5", is_encoder_decoder: true },
      /"is_encoder_decoder" is not read: it is an encoder and a decoder/,
    ],
    [{ model_type: "bart" }, /model_type "bart" are not read: it is an encoder and a decoder/],
    [{ model_type: "bert" }, /model_type "bert" are not read: it is an encoder, which keeps no cache/],
    [
      { model_type: "llama", draft_vocab_size: 32_000 },
      /"draft_vocab_size" is not read: it is a draft head of another model/,
    ],
    [
      { model_type: "llama", total_ut_steps: 4 },
      /"total_ut_steps" is not read: its layers run several times/,
    ],
    [{ model_type: "rwkv7" }, /model_type "rwkv7" are not read: its layers are of RWKV/],
    [{ model_type: "recurrent_gemma" }, /\(block_types\)/],
    [{ model_type: "jetmoe" }, /its attention is a mixture of experts too/],
    [{ model_type: "llada" }, /it is a diffusion model/],
    [
      { model_type: "opt", ffn_dim: 128, max_position_embeddings: 9, word_embed_proj_dim: 32 },
      /"word_embed_proj_dim" must be hidden_size/,
    ],
    [
      { model_type: "ernie4_5_moe_vl", moe_num_experts: [64, 64] },
      /lacks "moe_intermediate_size" \(of two kinds: text and images\)/,
    ],
    [
      { model_type: "gpt_neo", num_layers: 2, num_heads: 2, attention_layers: ["global", "far"] },
      /"attention_layers" must be made of "global" and "local"/,
    ],
    [
      { model_type: "mpt", d_model: 64, n_layers: 2, n_heads: 2, attn_config: { attn_type: "other" } },
      /"attn_config.attn_type" must be one of multihead_attention/,
    ],
  ])("says why: %j", (own, message) => {
    expect(() => read({ ...text, ...own })).toThrow(message);
  });

  it("lists keys of objects that it reads in part", () => {
    const config = {
      ...text,
      model_type: "mpt",
      attn_config: { attn_type: "multihead_attention", curious: 3 },
    };
    expect(read(config).unread).toEqual(["attn_config.curious"]);
  });
});
