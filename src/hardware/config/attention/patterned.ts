import { from } from "../../../core/units.ts";
import type { Attention } from "../../layers/attention.ts";
import type { GroupedQueryAttention } from "../../layers/grouped-query.ts";
import type { Keys } from "../keys.ts";
import { grouped, groupedLayers } from "./grouped.ts";
import { reachOf } from "./windows.ts";

/**
 * Layers of ModernBERT's decoder (Ettin): the first of each global_attn_every_n_layers sees all, and a window is half of
 * local_attention. Source: transformers 5.18.0, configuration_modernbert_decoder.py.
 */
export function localLayers(keys: Keys, layers: number): Attention[] {
  const full = grouped(keys);
  const local: Attention = {
    ...full,
    window: keys.counted(Math.floor(keys.count("local_attention").value / 2), "local_attention / 2"),
  };
  const period = keys.count("global_attn_every_n_layers").value;
  const isLocal = keys.isOn("layer_types")
    ? reachOf(keys, layers).map((reach) => reach === "window")
    : Array.from({ length: layers }, (_, l) => l % period !== 0);
  return isLocal.map((is) => (is ? local : full));
}

/**
 * Layers of Command A's mixture: windows with a pattern of their own in the dense layers before the first one with experts.
 * Source: transformers 5.18.0, configuration_cohere2_moe.py.
 */
export function prefixedLayers(keys: Keys, layers: number): Attention[] {
  if (keys.isOn("layer_types") || !keys.isOn("first_k_dense_replace")) return groupedLayers(keys, layers);
  const prefix = keys.count("first_k_dense_replace").value;
  const full = grouped(keys);
  const local: Attention = { ...full, window: keys.count("sliding_window") };
  const [first, rest] = [
    keys.count("prefix_dense_sliding_window_pattern").value,
    keys.count("sliding_window_pattern").value,
  ];
  return Array.from({ length: layers }, (_, l) => {
    const isFull = l < prefix ? (l + 1) % first === 0 : (l - prefix + 1) % rest === 0;
    return isFull ? full : local;
  });
}

/**
 * Layers of ZAYA1 (CCA): two short convolutions over queries and keys, whose weights are left out with those of the router's
 * perceptron, 0.5% in all; half of each value comes from the token before. Source: transformers 5.18.0, modular_zaya.py.
 */
export function compressedConvolutionLayers(keys: Keys, layers: number): Attention[] {
  const layer: GroupedQueryAttention = grouped(keys);
  const heads = layer.queryHeads.value + layer.kvHeads.value;
  const convolution = {
    kernel: keys.counted(
      keys.count("cca_time0").value + keys.count("cca_time1").value - 1,
      "cca_time0 + cca_time1 - 1",
    ),
    channels: keys.counted(heads * layer.headDim.value, "queries and keys"),
  };
  return groupedLayers(keys, layers).map((each) => ({ ...each, convolution }) as Attention);
}

/**
 * Layers of Baichuan-M1: windows with heads of their own in those that sliding_window_layers lists, and short convolutions
 * over keys and values. Source: ml-explore/mlx-lm, mlx_lm/models/baichuan_m1.py at d78bf58.
 */
export function convolvedWindowLayers(keys: Keys, layers: number): Attention[] {
  const convolved = (layer: GroupedQueryAttention): GroupedQueryAttention => ({
    ...layer,
    convolution: {
      kernel: keys.count("conv_window"),
      channels: keys.counted(2 * layer.kvHeads.value * layer.headDim.value, "keys and values"),
    },
  });
  const full = convolved(grouped(keys));
  const names = {
    ...(keys.isOn("num_swa_attention_heads") && { queryHeads: "num_swa_attention_heads" }),
    ...(keys.isOn("num_swa_key_value_heads") && { kvHeads: "num_swa_key_value_heads" }),
  };
  const local = convolved({ ...grouped(keys, names), window: keys.count("sliding_window") });
  const listed = new Set(keys.counts("sliding_window_layers"));
  return Array.from({ length: layers }, (_, l) => (listed.has(l) ? local : full));
}

/** Bytes of each number of an image's K and V, which an engine holds in the model's own type. */
const imageElement = from({
  title: "transformers 5.18.0, modeling_mllama.py",
  url: "https://github.com/huggingface/transformers",
})(2, "B", { note: "K and V of an image have the model's type, bfloat16" });

/** Layers of Llama 3.2 Vision: those of cross_attention_layers attend to an image. */
export function imageLayers(keys: Keys, layers: number): Attention[] {
  const attention = grouped(keys);
  const listed = new Set(keys.counts("cross_attention_layers"));
  const cross: Attention = {
    kind: "cross",
    attention,
    tokens: keys.count("image_tokens"),
    element: imageElement,
  };
  return Array.from({ length: layers }, (_, l) => (listed.has(l) ? cross : attention));
}
