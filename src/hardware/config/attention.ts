import { from } from "../../core/units.ts";
import type { Attention } from "../layers/attention.ts";
import type { CompressedAttention } from "../layers/compressed.ts";
import type { DeltaAttention } from "../layers/delta.ts";
import type { GroupedQueryAttention } from "../layers/grouped-query.ts";
import type { LatentAttention } from "../layers/latent.ts";
import type { Keys } from "./keys.ts";

/** Reads the attention of every layer of a config.json, of any family. */
export function attentionOf(keys: Keys, layers: number): Attention[] {
  if (keys.has("compress_ratios")) return compressedLayers(keys, layers);
  if (keys.has("linear_attn_config")) return kimiLinearLayers(keys, layers);
  if (keys.isOn("kv_lora_rank")) return latentLayers(keys, layers);
  if (keys.isOn("linear_num_value_heads")) return qwenNextLayers(keys, layers);
  return groupedLayers(keys, layers);
}

/**
 * Head dimensions of families that do not derive a missing `head_dim` from `hidden_size`. Source: transformers,
 * configuration_*.py of each family.
 */
// prettier-ignore
const headDims: Readonly<Record<string, number>> = {
  gemma: 256, gemma2: 256, gemma3: 256, gemma3_text: 256, qwen3: 128, qwen3_next: 256,
  qwen3_5: 256, qwen3_5_text: 256, qwen3_5_moe: 256, qwen3_5_moe_text: 256, gpt_oss: 64,
};

function headDimOf(keys: Keys): GroupedQueryAttention["headDim"] {
  if (keys.isOn("head_dim")) return keys.count("head_dim");
  const type = keys.text("model_type");
  const own = headDims[type];
  return own !== undefined
    ? keys.counted(own, "head_dim", `not in the file: the default of ${type} in transformers`)
    : keys.quotient("hidden_size", "num_attention_heads", ' where "head_dim" is not given');
}

function grouped(keys: Keys): GroupedQueryAttention {
  const queryHeads = keys.count("num_attention_heads");
  const headDim = headDimOf(keys);
  if (keys.has("num_key_value_heads")) keys.quotient("num_attention_heads", "num_key_value_heads");
  return {
    kind: "grouped-query",
    queryHeads,
    kvHeads: keys.has("num_key_value_heads") ? keys.count("num_key_value_heads") : queryHeads,
    headDim,
    ...((keys.isTrue("attn_output_gate") || keys.isTrue("attention_output_gate")) && { gated: true }),
  };
}

/** Layers of Llama, Mistral, Qwen2 and 3, gpt-oss, Gemma, MiniMax and GLM-4, some with windows or sparse blocks. */
function groupedLayers(keys: Keys, layers: number): Attention[] {
  const full = grouped(keys);
  if (keys.has("sparse_attention_config")) {
    const sparse = keys.nested("sparse_attention_config");
    const blocks = {
      indexHeads: sparse.count("sparse_num_index_heads"),
      indexDim: sparse.count("sparse_index_dim"),
      block: sparse.count("sparse_block_size"),
      read: sparse.count("sparse_topk_blocks"),
    };
    return sparse
      .list("sparse_attention_freq", layers)
      .map((used) => (used === 1 ? { ...full, blocks } : full));
  }
  const windowed = windowedLayers(keys, layers);
  if (!windowed.includes(true)) return Array<Attention>(layers).fill(full);
  const local = { ...full, window: keys.count("sliding_window") };
  return windowed.map((is) => (is ? local : full));
}

/** For each layer, true if it has a sliding window. Source: transformers, configuration_*.py of each family. */
function windowedLayers(keys: Keys, layers: number): boolean[] {
  const every = (period: number): boolean[] =>
    Array.from({ length: layers }, (_, l) => (l + 1) % period !== 0);
  const off = keys.has("sliding_window") && !keys.isOn("sliding_window");
  if (keys.has("layer_types") && !off)
    return keys.list("layer_types", layers).map((type) => type === "sliding_attention");
  if (!keys.isOn("sliding_window")) return Array<boolean>(layers).fill(false);
  if (keys.isOn("sliding_window_pattern")) return every(keys.count("sliding_window_pattern").value);
  if (keys.has("use_sliding_window")) {
    // Qwen: the first max_window_layers attend to everything
    const first = keys.isTrue("use_sliding_window") ? keys.count("max_window_layers").value : layers;
    return Array.from({ length: layers }, (_, l) => l >= first);
  }
  const type = keys.text("model_type");
  if (type.startsWith("gemma3")) return every(6);
  if (type.startsWith("gemma2") || type === "gpt_oss") return every(2);
  return Array<boolean>(layers).fill(true);
}

function latent(keys: Keys): LatentAttention {
  return {
    kind: "latent",
    queryHeads: keys.count("num_attention_heads"),
    ...(keys.isOn("q_lora_rank") && { queryRank: keys.count("q_lora_rank") }),
    latent: keys.count("kv_lora_rank"),
    rope: keys.count("qk_rope_head_dim"),
    keyDim: keys.count("qk_nope_head_dim"),
    valueDim: keys.count("v_head_dim"),
    ...(keys.isTrue("mla_use_output_gate") && { gated: true }),
  };
}

const sparseRecord = from({
  title: "vLLM, FlashMLA sparse: format of the FP8 cache",
  url: "https://docs.vllm.ai/en/v0.11.0/api/vllm/v1/attention/backends/mla/flashmla_sparse.html",
})(656, "B", { note: "512 FP8 latents, 4 float32 scales, 64 bfloat16 of rope" });

/** Layers of DeepSeek V2 to V3.2, Kimi K2 and GLM-5. `index_topk` adds an indexer to each layer, or one that several layers share. */
function latentLayers(keys: Keys, layers: number): Attention[] {
  const dense = latent(keys);
  if (!keys.isOn("index_topk")) return Array<Attention>(layers).fill(dense);
  const indexer = {
    heads: keys.count("index_n_heads"),
    headDim: keys.count("index_head_dim"),
    read: keys.count("index_topk"),
  };
  const record =
    dense.latent.value === 512 && dense.rope.value === 64 ? { record: { fp8: sparseRecord } } : {};
  const sparse = { ...dense, ...record, indexer };
  if (!keys.has("indexer_types")) return Array<Attention>(layers).fill(sparse);
  const computes = keys.list("indexer_types", layers).map((type) => type === "full");
  const out: Attention[] = [];
  for (let first = 0; first < layers;) {
    let period = 1;
    while (first + period < layers && !computes[first + period]) period++;
    const shared = { ...indexer, period: keys.counted(period, "indexer_types") };
    const layer = period === 1 ? sparse : { ...sparse, indexer: shared };
    out.push(...Array<Attention>(period).fill(layer));
    first += period;
  }
  return out;
}

/** Layers of Kimi-Linear and K3: KDA, and latent attention in those that full_attn_layers lists (from 1). */
function kimiLinearLayers(keys: Keys, layers: number): Attention[] {
  const config = keys.nested("linear_attn_config");
  const headDim = config.count("head_dim");
  const linear: DeltaAttention = {
    kind: "delta",
    rule: "kda",
    queryHeads: config.count("num_heads"),
    valueHeads: config.count("num_heads"),
    keyDim: headDim,
    valueDim: headDim,
    convolution: config.count("short_conv_kernel_size"),
    ...(!config.isTrue("use_full_rank_gate") && {
      gateRank: { ...headDim, note: "the gate's projection is of rank head_dim" },
    }),
    stateElement: float32State,
  };
  const full = new Set(config.numbers("full_attn_layers"));
  const dense = latent(keys);
  return Array.from({ length: layers }, (_, l) => (full.has(l + 1) ? dense : linear));
}

const float32State = from({
  title: "fla-org/flash-linear-attention",
  url: "https://github.com/fla-org/flash-linear-attention",
})(4, "B", { where: "fla/ops/kda, fla/ops/gated_delta_rule", note: "states are held in float32" });

/** Layers of Qwen3-Next and 3.5: Gated DeltaNet, with gated grouped-query attention between. */
function qwenNextLayers(keys: Keys, layers: number): Attention[] {
  keys.quotient("linear_num_value_heads", "linear_num_key_heads");
  const linear: DeltaAttention = {
    kind: "delta",
    rule: "gated-deltanet",
    queryHeads: keys.count("linear_num_key_heads"),
    valueHeads: keys.count("linear_num_value_heads"),
    keyDim: keys.count("linear_key_head_dim"),
    valueDim: keys.count("linear_value_head_dim"),
    convolution: keys.count("linear_conv_kernel_dim"),
    stateElement: float32State,
  };
  const full: Attention = { ...grouped(keys), gated: true };
  if (keys.has("layer_types"))
    return keys.list("layer_types", layers).map((type) => (type === "linear_attention" ? linear : full));
  const interval = keys.count("full_attention_interval").value;
  return Array.from({ length: layers }, (_, l) => ((l + 1) % interval === 0 ? full : linear));
}

/** Layers of DeepSeek-V4: ratio 0 is the window alone, 4 has an indexer (inference/model.py), others read all records. */
function compressedLayers(keys: Keys, layers: number): Attention[] {
  const window: CompressedAttention = {
    kind: "compressed",
    queryHeads: keys.count("num_attention_heads"),
    headDim: keys.count("head_dim"),
    queryRank: keys.count("q_lora_rank"),
    outputGroups: keys.count("o_groups"),
    outputRank: keys.count("o_lora_rank"),
    window: keys.count("sliding_window"),
    ...(keys.isOn("hc_mult") && { streams: keys.count("hc_mult") }),
  };
  const indexer = {
    heads: keys.count("index_n_heads"),
    headDim: keys.count("index_head_dim"),
    read: keys.count("index_topk"),
  };
  keys.list("compress_ratios", layers);
  return keys
    .numbers("compress_ratios")
    .slice(0, layers)
    .map((ratio) =>
      ratio === 0
        ? window
        : {
            ...window,
            pool: keys.counted(ratio, "compress_ratios"),
            ...(ratio === 4 && { indexer }),
          },
    );
}
