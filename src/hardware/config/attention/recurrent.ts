import type { Attention } from "../../layers/attention.ts";
import type { DeltaAttention } from "../../layers/delta.ts";
import type { Count } from "../../layers/layer.ts";
import type { Keys } from "../keys.ts";
import { attending, kindsOf } from "../kinds.ts";
import { float32State, kimiDelta } from "./delta.ts";
import { grouped } from "./grouped.ts";
import { latent } from "./latent.ts";

/**
 * Layers of Kimi-Linear and K3: KDA, and latent attention in those that full_attn_layers lists (from 1), or layer_types where
 * transformers wrote the file.
 */
export function kimiLinearLayers(keys: Keys, layers: number): Attention[] {
  if (!keys.isOn("linear_attn_config") && keys.isOn("layer_types")) {
    const own = kimiDelta(keys, {
      heads: keys.count("linear_num_heads"),
      headDim: keys.count("linear_head_dim"),
      convolution: keys.count("linear_conv_kernel_dim"),
    });
    const full = latent(keys);
    return linearTypes(keys, layers).map((is) => (is ? own : full));
  }
  const config = keys.nested("linear_attn_config");
  const linear = kimiDelta(config, {
    heads: config.count("num_heads"),
    headDim: config.count("head_dim"),
    convolution: config.count("short_conv_kernel_size"),
  });
  const full = new Set(config.counts("full_attn_layers"));
  const dense = latent(keys);
  return Array.from({ length: layers }, (_, l) => (full.has(l + 1) ? dense : linear));
}

/**
 * Layers of Qwen3.8-Flash-Next: Gated DeltaNet, with QSA between, gated grouped-query attention over micro-blocks; all have
 * gated residuals of several streams. The projections of n-grams (ple_layer_ids), 0.03B, are left out; their table is
 * counted. Source: transformers, configuration_qwen4_exp.py at 075d0ae and modular_qwen4_exp.py at 01377e7.
 *
 * @throws UsageError for an index of several keys a block
 */
export function qwenSparseLayers(keys: Keys, layers: number): Attention[] {
  if (keys.isOn("indexer_kv_heads") && keys.count("indexer_kv_heads").value !== 1)
    throw keys.wrong("indexer_kv_heads", "1: all index heads of QSA share one key");
  const connected = { streams: keys.count("hc_count"), mixRank: keys.count("hc_lowrank") };
  const full: Attention = {
    ...grouped(keys),
    gated: true,
    ...(keys.isOn("indexer_n_heads") && {
      microBlocks: {
        indexHeads: keys.count("indexer_n_heads"),
        indexDim: keys.count("indexer_head_dim"),
        block: keys.count("indexer_compress_ratio"),
        read: keys.count("indexer_budget"),
      },
    }),
    ...connected,
  };
  const linear: Attention = { ...gatedDelta(keys), ...connected };
  return linearTypes(keys, layers).map((is) => (is ? linear : full));
}

/** Gated DeltaNet of one layer of Qwen3-Next and its successors. */
function gatedDelta(keys: Keys): DeltaAttention {
  keys.quotient("linear_num_value_heads", "linear_num_key_heads");
  return {
    kind: "delta",
    rule: "gated-deltanet",
    queryHeads: keys.count("linear_num_key_heads"),
    valueHeads: keys.count("linear_num_value_heads"),
    keyDim: keys.count("linear_key_head_dim"),
    valueDim: keys.count("linear_value_head_dim"),
    convolution: keys.count("linear_conv_kernel_dim"),
    stateElement: float32State,
  };
}

/** Layers of Qwen3-Next and 3.5: Gated DeltaNet, with gated grouped-query attention between. */
export function qwenNextLayers(keys: Keys, layers: number): Attention[] {
  const full: Attention = { ...grouped(keys), gated: true };
  return linearTypes(keys, layers).map((is) => (is ? gatedDelta(keys) : full));
}

/** Layers of OLMo Hybrid: Gated DeltaNet, with plain attention between. Source: transformers 5.18.0, modeling_olmo_hybrid.py. */
export function olmoHybridLayers(keys: Keys, layers: number): Attention[] {
  const full = grouped(keys);
  return linearTypes(keys, layers).map((is) => (is ? gatedDelta(keys) : full));
}

/**
 * Layers of xLSTM-7B: the matrix memory of mLSTM, which is added to as in lightning attention. The sums of keys and the gates
 * of input and forgetting, 1/512 of the memory and 1/4096 of the weights, are left out. Source: transformers 5.18.0,
 * modeling_xlstm.py.
 */
export function xlstmLayers(keys: Keys, layers: number): Attention[] {
  const heads = keys.count("num_heads");
  const hidden = keys.count("hidden_size").value;
  const width = (factor: string): Count => {
    const each = (hidden * keys.real(factor)) / heads.value;
    if (!Number.isSafeInteger(each)) throw keys.wrong(factor, "a factor that gives each head whole numbers");
    return keys.counted(each, `hidden_size x ${factor} / num_heads`);
  };
  return Array<Attention>(layers).fill({
    kind: "delta",
    rule: "lightning",
    queryHeads: heads,
    valueHeads: heads,
    keyDim: width("qk_dim_factor"),
    valueDim: width("v_dim_factor"),
    stateElement: float32State,
  });
}

const recurrent = { linear: ["linear_attention"], full: attending } as const;

/** For each layer, true if it is recurrent. */
function linearTypes(keys: Keys, layers: number): boolean[] {
  if (keys.isOn("layer_types"))
    return kindsOf(keys, "layer_types", { layers, words: recurrent }).map((kind) => kind === "linear");
  const interval = keys.count("full_attention_interval").value;
  return Array.from({ length: layers }, (_, l) => (l + 1) % interval !== 0);
}

/**
 * Layers of MiniMax-M1 and Ring-Linear: lightning attention, with full attention between. Sources: transformers,
 * modeling_minimax.py; inclusionAI/Ring-flash-linear-2.0, modeling_bailing_moe_linear_v2.py; of Ling 3.0, the tensors that
 * public loaders of inclusionAI/Ling-3.0-flash name (q, k, v, f and g of hidden x heads, b).
 */
export function lightningLayers(keys: Keys, layers: number): Attention[] {
  const full: Attention = keys.isOn("kv_lora_rank") ? latent(keys) : grouped(keys);
  const heads = keys.count("num_attention_heads");
  const headDim = keys.isOn("head_dim")
    ? keys.count("head_dim")
    : keys.quotient("hidden_size", "num_attention_heads", ' where "head_dim" is not given');
  // Ling 3.0 has KDA in its place
  const linear: DeltaAttention = keys.isOn("short_conv_kernel_size")
    ? kimiDelta(keys, { heads, headDim, convolution: keys.count("short_conv_kernel_size") })
    : {
        kind: "delta",
        rule: "lightning",
        queryHeads: heads,
        valueHeads: heads,
        keyDim: headDim,
        valueDim: headDim,
        stateElement: float32State,
      };
  const isLinear = keys.isOn("attn_type_list")
    ? keys.list("attn_type_list", layers).map((type) => type === 0)
    : keys.isOn("layer_group_size")
      ? grouping(keys, layers)
      : linearTypes(keys, layers);
  return isLinear.map((is) => (is ? linear : full));
}

const mixers = { linear: ["lightning-attn", "lightning_attn", "lightning"], full: ["minicpm4"] } as const;

/**
 * Layers of MiniCPM-SALA: lightning attention with a gate, and gated attention between, which reads blocks of long contexts
 * alone; here it reads all of them. Sources: openbmb/MiniCPM-SALA as vLLM (models/minicpm_sala.py) and its ports read it.
 *
 * @throws UsageError for a kind of layer that is not known
 */
export function salaLayers(keys: Keys, layers: number): Attention[] {
  const full: Attention = { ...grouped(keys), ...(keys.isTrue("attn_use_output_gate") && { gated: true }) };
  const headDim = keys.count("lightning_head_dim", "head_dim");
  if (keys.has("use_output_gate") && !keys.isTrue("use_output_gate"))
    throw keys.wrong("use_output_gate", "true: lightning attention without a gate is not read");
  if (keys.has("lightning_nkv") && keys.count("lightning_nkv").value !== keys.count("lightning_nh").value)
    throw keys.wrong("lightning_nkv", "lightning_nh: heads that share keys are not read");
  const linear: DeltaAttention = {
    kind: "delta",
    rule: "lightning",
    queryHeads: keys.count("lightning_nh", "num_attention_heads"),
    valueHeads: keys.count("lightning_nh", "num_attention_heads"),
    keyDim: headDim,
    valueDim: headDim,
    stateElement: float32State,
  };
  return kindsOf(keys, "mixer_types", { layers, words: mixers }).map((kind) =>
    kind === "linear" ? linear : full,
  );
}

/** Ring-Linear: the last layer of each group is full, and those after the last whole group. */
function grouping(keys: Keys, layers: number): boolean[] {
  const size = keys.count("layer_group_size").value;
  const whole = Math.floor(layers / size) * size;
  return Array.from({ length: layers }, (_, l) => (l + 1) % size !== 0 && l < whole);
}
