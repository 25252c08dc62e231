import { describe, expect, it } from "vitest";
import { parametersOf } from "../../src/hardware/parameters.ts";
import { holdToPublished, read } from "./known-models.ts";
import type { Known } from "./known-models.ts";

const sizeNames = [
  "vocab_size",
  "hidden_size",
  "intermediate_size",
  "num_hidden_layers",
  "num_attention_heads",
  "num_key_value_heads",
] as const;

/** Sizes in the order of their names. */
const sizes = (...numbers: number[]): Record<string, number | undefined> =>
  Object.fromEntries(sizeNames.map((name, i) => [name, numbers[i]]));

const layered = <T>(layers: number, of: (l: number) => T): T[] =>
  Array.from({ length: layers }, (_, l) => of(l));
const windows = (layers: number, period: number): string[] =>
  layered(layers, (l) => ((l + 1) % period === 0 ? "full_attention" : "sliding_attention"));
const isAmong =
  (listed: readonly number[], is: string, other: string) =>
  (l: number): string =>
    listed.includes(l) ? is : other;
const graniteTypes = layered(40, isAmong([5, 15, 25, 35], "attention", "mamba"));
const granite = {
  layer_types: graniteTypes,
  mamba_d_conv: 4,
  mamba_d_head: 64,
  mamba_d_state: 128,
  mamba_expand: 2,
  mamba_n_groups: 1,
  tie_word_embeddings: true,
};
const mamba2Bytes = (layers: number, inner: number, state: number, groups: number): number =>
  layers * 4 * (inner * state + 3 * (inner + 2 * groups * state));

// prettier-ignore
const known: Readonly<Record<string, Known>> = {
  "ERNIE 4.5 VL: experts of text, and others of images": {
    config: { model_type: "ernie4_5_moe_vl", ...sizes(103_424, 2560, 12_288, 28, 20, 4), moe_num_experts: [64, 64], moe_intermediate_size: [1536, 512], moe_k: 6,
      moe_layer_start_index: [1, 1], moe_layer_end_index: [29, 28], moe_layer_interval: 1, moe_num_shared_experts: 2, moe_capacity: [128, 128, 128], vision_config: { depth: 32 } },
    total: 28, active: 3, source: "baidu/ERNIE-4.5-VL-28B-A3B-PT, README: 28B, 3B activated; 28.6B by its matrices without images", layers: 28, kv: 28 * 2 * 4 * 128 * 2, within: 0.03 },
  "ERNIE 4.5 VL without shared experts": {
    config: { model_type: "ernie4_5_moe_vl", ...sizes(103_424, 8192, 28_672, 54, 64, 8), moe_num_experts: [64, 64], moe_intermediate_size: [3584, 1536], moe_k: 8,
      moe_layer_start_index: [3, 3], moe_layer_end_index: [53, 53], moe_layer_interval: 1, moe_num_shared_experts: 0, tie_word_embeddings: false },
    total: 424, active: 47, source: "baidu/ERNIE-4.5-VL-424B-A47B-PT, README: 424B, 47B activated", layers: 54, kv: 54 * 2 * 8 * 128 * 2 },
  // window and heads as a reader of Swift restates its config.json: 40,960 B a token and 671,088,640 B of windows
  "Baichuan-M1: windows with more kv heads than the layers that see all": {
    config: { model_type: "baichuan_m1", ...sizes(133_120, 5120, 17_408, 40, 20, 2), num_swa_attention_heads: 40, num_swa_key_value_heads: 8, sliding_window: 8192,
      sliding_window_layers: layered(20, (i) => 2 * i + 1), conv_window: 2, max_position_embeddings: 32_768 },
    total: 14.5, source: "baichuan-inc/Baichuan-M1-14B-Base: 14B; 14.47B by its matrices", layers: 40, kv: 40_960, fixed: 671_088_640 + 2 * 122_880 },
  "PLaMo 2: Mamba and windows in turn": {
    config: { model_type: "plamo2", hidden_size: 2048, hidden_size_per_head: 128, intermediate_size: 8192, mamba_d_conv: 4, mamba_d_state: 64, mamba_enabled: true, mamba_num_heads: 32,
      mamba_step: 2, num_attention_heads: 16, num_hidden_layers: 16, num_key_value_heads: 1, vocab_size: 100_000, attention_window_size: 2048, mamba_chunk_size: 256 },
    total: 1.29, source: "pfnet/plamo-2-1b, model size on Hugging Face: 1.29B", layers: 16, kv: 0, fixed: 8 * 2048 * 2 * 128 * 2 + 8 * 4 * (4096 * 64 + 3 * 4096) },
  "MiniCPM-SALA: mixer_types": {
    config: { model_type: "minicpm_sala", ...sizes(73_448, 4096, 16_384, 32, 32, 2), head_dim: 128, scale_emb: 12, attn_use_rope: false, lightning_use_rope: true, use_output_gate: true,
      attn_use_output_gate: true, lightning_nh: 32, lightning_nkv: 32, lightning_head_dim: 128, lightning_scale: "1/sqrt(d)", sparse_config: { topk: 64 },
      mixer_types: layered(32, isAmong([0, 9, 16, 17, 22, 29, 30, 31], "minicpm4", "lightning-attn")) },
    total: 9.48, source: "openbmb/MiniCPM-SALA: 9B; 9.48B by its matrices", layers: 32, kv: 8 * 2 * 2 * 128 * 2, fixed: 24 * 32 * 128 * 128 * 4, unread: ["sparse_config"] },
  "Hunyuan-A13B: a list for each layer": {
    config: { model_type: "hunyuan_v1_moe", ...sizes(128_167, 4096, 3072, 32, 32, 8), attention_head_dim: 128, head_dim: 128, num_experts: 64, moe_intermediate_size: layered(32, () => 3072),
      moe_topk: layered(32, () => 8), num_shared_expert: layered(32, () => 1), use_mixed_mlp_moe: true, use_cla: false, cla_share_factor: 2, tie_word_embeddings: true },
    total: 80, active: 13, source: "tencent/Hunyuan-A13B-Instruct, README: 80B, 13B active", layers: 32, kv: 32 * 2 * 8 * 128 * 2, within: 0.02 },
  "Phi-2 as Microsoft first wrote it: n_embd, n_inner null": {
    config: { model_type: "phi-msft", vocab_size: 51_200, n_positions: 2048, n_embd: 2560, n_layer: 32, n_inner: null, n_head: 32, n_head_kv: null, rotary_dim: 32, flash_attn: false },
    total: 2.78, source: "microsoft/phi-2, model size on Hugging Face: 2.78B", layers: 32, kv: 32 * 2 * 2560 * 2 },
  "LFM2-8B-A1B: convolutions, and experts": {
    config: { model_type: "lfm2_moe", ...sizes(65_536, 2048, 7168, 24, 32, 8), num_dense_layers: 2, num_experts: 32, num_experts_per_tok: 4, moe_intermediate_size: 1792, conv_L_cache: 3,
      layer_types: layered(24, isAmong([2, 6, 10, 14, 18, 21], "full_attention", "conv")), max_position_embeddings: 128_000 },
    total: 8.3, active: 1.5, source: "LiquidAI/LFM2-8B-A1B, README: 8.3B, 1.5B active", layers: 24, kv: 12_288, fixed: 18 * 2 * 2048 * 4, within: 0.05 },
  "Granite 4.0 H Micro: num_local_experts 0": {
    config: { model_type: "granitemoehybrid", ...sizes(100_352, 2048, 8192, 40, 32, 8), ...granite, mamba_n_heads: 64, num_local_experts: 0, num_experts_per_tok: 0, shared_intermediate_size: 8192 },
    total: 3.19, source: "ibm-granite/granite-4.0-h-micro, model size on Hugging Face: 3.19B", layers: 40, kv: 8192, fixed: mamba2Bytes(36, 4096, 128, 1) },
  "Granite 4.0 H Small": {
    config: { model_type: "granitemoehybrid", ...sizes(100_352, 4096, 768, 40, 32, 8), ...granite, mamba_n_heads: 128, num_local_experts: 72, num_experts_per_tok: 10, shared_intermediate_size: 1536 },
    total: 32.2, active: 9, source: "ibm-granite/granite-4.0-h-small, model size on Hugging Face: 32.2B; README: 9B active", layers: 40, kv: 16_384, fixed: mamba2Bytes(36, 8192, 128, 1), within: 0.025 },
  "Granite 4.0 Micro: attention alone, and the keys of Mamba": {
    config: { model_type: "granitemoehybrid", ...sizes(100_352, 2560, 8192, 40, 40, 8), ...granite, layer_types: layered(40, () => "attention"), mamba_d_head: "auto", mamba_n_heads: 128,
      num_local_experts: 0, num_experts_per_tok: 0, shared_intermediate_size: 8192 },
    total: 3.4, source: "ibm-granite/granite-4.0-micro, model size on Hugging Face: 3.4B", layers: 40, kv: 40 * 2 * 8 * 64 * 2 },
  "Falcon-H1-34B: attention and Mamba-2 side by side": {
    config: { model_type: "falcon_h1", ...sizes(261_120, 5120, 21_504, 72, 20, 4), head_dim: 128, mamba_d_ssm: 4096, mamba_n_groups: 2, mamba_d_state: 256, mamba_d_conv: 4, mamba_n_heads: 32,
      mamba_d_head: 128, mamba_expand: 2, attn_layer_indices: null, tie_word_embeddings: false },
    total: 33.6, source: "tiiuae/Falcon-H1-34B-Instruct, model size on Hugging Face: 33.6B", layers: 72, kv: 147_456, fixed: mamba2Bytes(72, 4096, 256, 2) },
  "Ring-mini-linear-2.0 in 4 bits of MLX": {
    config: { model_type: "bailing_moe_linear", ...sizes(157_184, 2048, 5120, 20, 16, 4), head_dim: 128, first_k_dense_replace: 1, group_norm_size: 4, layer_group_size: 5, linear_silu: false,
      moe_intermediate_size: 512, moe_shared_expert_intermediate_size: 512, num_experts: 256, num_experts_per_tok: 8, num_shared_experts: 1, num_nextn_predict_layers: 0,
      quantization: { group_size: 64, bits: 4, mode: "affine" }, quantization_config: { group_size: 64, bits: 4, mode: "affine" } },
    total: 16.4, active: 1.6, source: "inclusionAI/Ring-mini-linear-2.0, README: 16.4B, 1.6B active", layers: 20, kv: 4 * 2 * 4 * 128 * 2, fixed: 16 * 16 * 128 * 128 * 4 },
  "Sarvam-30B": {
    config: { model_type: "sarvam_moe", ...sizes(262_144, 4096, 8192, 19, 16, 4), head_dim: 256, num_experts: 128, num_shared_experts: 1, num_experts_per_tok: 6, moe_intermediate_size: 1024,
      first_k_dense_replace: 1, n_group: 1, topk_group: 1, max_window_layers: 19, use_qk_norm: true },
    total: 32.2, active: 2.4, source: "sarvamai/sarvam-30b, README: 2.4B active without embeddings; 32.2B by its matrices", layers: 19, kv: 19 * 2 * 4 * 256 * 2, within: 0.04 },
  "Sarvam-105B: latent attention": {
    config: { model_type: "sarvam_mla", ...sizes(262_144, 4096, 16_384, 32, 64, 64), num_experts: 128, num_experts_per_tok: 8, num_shared_experts: 1, moe_intermediate_size: 2048,
      first_k_dense_replace: 1, kv_lora_rank: 512, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128, q_lora_rank: null },
    total: 105, active: 10.3, source: "sarvamai/sarvam-105b: 105B, 10.3B active without embeddings, 36 KiB of KV a token", layers: 32, kv: 32 * 576 * 2 },
  "MiniMax-M1: attn_type_list, shared_intermediate_size 0": {
    config: { model_type: "minimax_m1", ...sizes(200_064, 6144, 9216, 80, 64, 8), head_dim: 128, num_local_experts: 32, num_experts_per_tok: 2, attn_type_list: layered(80, (l) => ((l + 1) % 8 === 0 ? 1 : 0)),
      postnorm: true, shared_intermediate_size: 0, tie_word_embeddings: false },
    total: 456, active: 45.9, source: "MiniMax-M1, arXiv:2506.13585: 456B, 45.9B activated", layers: 80, kv: 10 * 2 * 8 * 128 * 2, fixed: 70 * 64 * 128 * 128 * 4 },
  "GLM-4.5-Air": {
    config: { model_type: "glm4_moe", ...sizes(151_552, 4096, 10_944, 46, 96, 8), head_dim: 128, moe_intermediate_size: 1408, n_routed_experts: 128, num_experts_per_tok: 8, n_shared_experts: 1,
      first_k_dense_replace: 1, num_nextn_predict_layers: 1, attention_bias: true },
    total: 106, active: 12, source: "GLM-4.5, arXiv:2508.06471: 106B, 12B activated", layers: 46, kv: 46 * 2 * 8 * 128 * 2, within: 0.016 },
  "Command A: windows in three of four layers": {
    config: { model_type: "cohere2", ...sizes(256_000, 12_288, 36_864, 64, 96, 8), head_dim: 128, sliding_window: 4096, sliding_window_pattern: 4, order_of_interleaved_layers: "local_attn_first",
      use_embedding_sharing: true, use_parallel_block: true, layer_switch: 4, rotary_pct: 1 },
    total: 111, source: "Command A, arXiv:2504.00698: 111B", layers: 64, kv: 16 * 2 * 8 * 128 * 2, fixed: 48 * 4096 * 2 * 8 * 128 * 2 },
  "Kimi-VL-A3B: q_lora_rank null in a wrapper": {
    config: { model_type: "kimi_vl", vision_config: { model_type: "moonvit" }, text_config: { model_type: "deepseek_v3", ...sizes(163_840, 2048, 11_264, 27, 16, 16), moe_intermediate_size: 1408,
      n_routed_experts: 64, num_experts_per_tok: 6, n_shared_experts: 2, first_k_dense_replace: 1, moe_layer_freq: 1, q_lora_rank: null, kv_lora_rank: 512, qk_nope_head_dim: 128,
      qk_rope_head_dim: 64, v_head_dim: 128 } },
    total: 16, active: 2.8, source: "Kimi-VL, arXiv:2504.07491: 16B, 2.8B activated in the language model", layers: 27, kv: 27 * 576 * 2, within: 0.045 },
  "DeepSeek-OCR: a DeepSeek V2 without latents": {
    config: { model_type: "deepseek_vl_v2", language_config: { architectures: ["DeepseekV2ForCausalLM"], ...sizes(129_280, 1280, 6848, 12, 10, 10), moe_intermediate_size: 896, n_routed_experts: 64,
      num_experts_per_tok: 6, n_shared_experts: 2, first_k_dense_replace: 1, q_lora_rank: null, kv_lora_rank: null, qk_nope_head_dim: 0, qk_rope_head_dim: 0, v_head_dim: 0, use_mla: false } },
    total: 2.935, active: 0.57, source: "DeepSeek-OCR, arXiv:2510.18234: 3B, 570M activated", layers: 12, kv: 12 * 2 * 1280 * 2 },
  "Ling-1T": {
    config: { model_type: "bailing_moe", architectures: ["BailingMoeV2ForCausalLM"], ...sizes(157_184, 8192, 18_432, 80, 64, 8), head_dim: 128, moe_intermediate_size: 2048, num_experts: 256,
      num_experts_per_tok: 8, num_shared_experts: 1, first_k_dense_replace: 4, n_group: 8, topk_group: 4 },
    total: 1000, active: 50, source: "inclusionAI/Ling-1T, README: 1T, about 50B active", layers: 80, kv: 80 * 2 * 8 * 128 * 2 },
  "dots.llm1": {
    config: { model_type: "dots1", ...sizes(152_064, 4096, 10_944, 62, 32, 32), moe_intermediate_size: 1408, n_routed_experts: 128, num_experts_per_tok: 6, n_shared_experts: 2, first_k_dense_replace: 1,
      sliding_window: null, max_window_layers: 62 },
    total: 142, active: 14, source: "dots.llm1, arXiv:2506.05767: 142B, 14B activated", layers: 62, kv: 62 * 2 * 32 * 128 * 2 },
  "K-EXAONE: LLLG, is_moe_layer": {
    config: { model_type: "exaone_moe", ...sizes(153_600, 6144, 18_432, 48, 64, 8), head_dim: 128, moe_intermediate_size: 2048, num_experts: 128, num_experts_per_tok: 8, num_shared_experts: 1,
      first_k_dense_replace: 1, sliding_window: 128, sliding_window_pattern: "LLLG", is_moe_layer: layered(48, (l) => l > 0), layer_types: windows(48, 4), num_nextn_predict_layers: 1 },
    total: 236, active: 23, source: "LGAI-EXAONE/K-EXAONE-236B-A23B, README: 236B, 23B active", layers: 48, kv: 12 * 2 * 8 * 128 * 2, fixed: 36 * 128 * 2 * 8 * 128 * 2, within: 0.02 },
  "Nemotron Nano 9B v2": {
    config: { model_type: "nemotron_h", ...sizes(131_072, 4480, 15_680, 56, 40, 8), head_dim: 128, hybrid_override_pattern: "M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-",
      mamba_num_heads: 128, mamba_head_dim: 80, n_groups: 8, ssm_state_size: 128, conv_kernel: 4, expand: 2 },
    total: 8.89, source: "nvidia/NVIDIA-Nemotron-Nano-9B-v2, model size on Hugging Face: 8.89B", layers: 56, kv: 4 * 2 * 8 * 128 * 2, fixed: mamba2Bytes(27, 10_240, 128, 8) },
  "Gemma 3 270M": {
    config: { model_type: "gemma3_text", ...sizes(262_144, 640, 2048, 18, 4, 1), head_dim: 256, sliding_window: 512, _sliding_window_pattern: 6, layer_types: windows(18, 6) },
    total: 0.268, source: "google/gemma-3-270m, model size on Hugging Face: 268M", layers: 18, kv: 3 * 2 * 256 * 2, fixed: 15 * 512 * 2 * 256 * 2 },
  "Trinity Large": {
    config: { model_type: "afmoe", ...sizes(200_192, 3072, 12_288, 60, 48, 8), head_dim: 128, moe_intermediate_size: 3072, num_dense_layers: 6, num_experts: 256, num_experts_per_tok: 4,
      num_shared_experts: 1, sliding_window: 4096, global_attn_every_n_layers: 4, layer_types: windows(60, 4), route_norm: true, score_func: "sigmoid", use_grouped_mm: true },
    total: 398, active: 13, source: "arcee-ai/Trinity-Large, README: 398B, 13B active", layers: 60, kv: 15 * 2 * 8 * 128 * 2, fixed: 45 * 4096 * 2 * 8 * 128 * 2, within: 0.02 },
  "dots.ocr: the keys of Qwen 2 beside those of images": {
    config: { model_type: "dots_ocr", ...sizes(151_936, 1536, 8960, 28, 12, 2), attention_bias: true, use_sliding_window: false, sliding_window: 131_072, max_window_layers: 28, vision_config: {} },
    total: 1.78, source: "rednote-hilab/dots.ocr, README: a language model of 1.7B; 1.78B with a head of its own", layers: 28, kv: 28 * 2 * 2 * 128 * 2 },
  "Youtu-LLM-2B: no word on its head": {
    config: { model_type: "youtu_llm", ...sizes(128_256, 2048, 6144, 32, 16, 16), kv_lora_rank: 512, q_lora_rank: 1536, qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128 },
    total: 1.96, source: "tencent/Youtu-LLM-2B, README: 1.96B", layers: 32, kv: 32 * 576 * 2 },
};

for (const [name, model] of Object.entries(known)) holdToPublished(name, model);

describe("experts of images", () => {
  const text = { ...sizes(1000, 64, 128, 4, 2, 2), moe_k: 2, moe_num_shared_experts: 1 };
  const vl = {
    model_type: "ernie4_5_moe_vl",
    ...text,
    moe_num_experts: [8, 4],
    moe_intermediate_size: [32, 16],
  };

  it("are held, and no token of text is sent to them", () => {
    const [both, alone] = [
      vl,
      { ...vl, model_type: "ernie4_5_moe", moe_num_experts: 8, moe_intermediate_size: 32 },
    ].map((config) => parametersOf(read(config)));
    expect(both!.active).toBe(alone!.active);
    // 4 layers of 4 experts with 3 matrices, and their router
    expect(both!.total - alone!.total).toBe(4 * (4 * 3 * 64 * 16 + 64 * 4));
  });

  it.each([
    [
      { ...vl, moe_layer_start_index: [1, 2] },
      /"moe_layer_start_index" must be one layer for text and images/,
    ],
    [{ ...vl, moe_intermediate_size: [32, 16, 8] }, /"moe_intermediate_size" must be of two kinds/],
    [{ ...vl, moe_k: 9 }, /"moe_k" must be at most 8; got 9/],
  ])("are refused where they are not as in the released models: %#", (config, message) => {
    expect(() => read(config)).toThrow(message);
  });
});

describe("one expert", () => {
  it("is a dense layer", () => {
    const config = {
      model_type: "jamba",
      ...sizes(1000, 64, 128, 8, 2, 2),
      num_experts: 1,
      num_experts_per_tok: 2,
    };
    const model = read(config);
    expect(model.feedForward.map(({ kind }) => kind)).toEqual(["dense"]);
    expect(model.unread).toBeUndefined();
  });
});

describe("a kind of layer that the family does not have", () => {
  const text = sizes(1000, 64, 128, 2, 2, 2);
  const delta = {
    linear_num_value_heads: 2,
    linear_num_key_heads: 2,
    linear_key_head_dim: 8,
    linear_value_head_dim: 8,
    linear_conv_kernel_dim: 4,
  };
  const latent = { kv_lora_rank: 32, qk_nope_head_dim: 16, qk_rope_head_dim: 16, v_head_dim: 16 };

  it.each([
    ["llama", "linear_attention", {}],
    ["qwen3_next", "sliding_attention", delta],
    ["deepseek_v3", "sliding_attention", latent],
    ["granitemoehybrid", "conv", {}],
    ["lfm2", "mamba", { conv_L_cache: 3 }],
  ])("is refused: %s with %s", (model_type, word, own) => {
    const config = { model_type, ...text, ...own, layer_types: ["full_attention", word] };
    expect(() => read(config)).toThrow(
      new RegExp(`"layer_types" must be made of .*; "${word}" is not read here`),
    );
  });
});
