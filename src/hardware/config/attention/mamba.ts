import { shownValue } from "../../../core/json.ts";
import { from } from "../../../core/units.ts";
import type { Attention } from "../../layers/attention.ts";
import type { ShortConvolution } from "../../layers/convolution.ts";
import type { Count } from "../../layers/layer.ts";
import type { MambaAttention } from "../../layers/mamba.ts";
import type { Keys } from "../keys.ts";
import { attending, kindsOf } from "../kinds.ts";
import { grouped } from "./grouped.ts";

/** Bytes of a number of a state space's state. */
const float32State = from({
  title: "vllm-project/vllm",
  url: "https://github.com/vllm-project/vllm/blob/02d710837549a368073552333f66d714477415d2/vllm/model_executor/layers/mamba/mamba_utils.py",
})(4, "B", {
  where: "mamba2_state_shape; mamba_ssm_cache_dtype float32",
  note: "as Nemotron's and Qwen's config.json say",
});

/** Names of Mamba-2's keys in Granite 4, Bamba and Falcon-H1, by those of Nemotron-H. */
export const mambaNames = {
  mamba_num_heads: "mamba_n_heads",
  mamba_head_dim: "mamba_d_head",
  ssm_state_size: "mamba_d_state",
  n_groups: "mamba_n_groups",
  conv_kernel: "mamba_d_conv",
} as const;

/** Mamba-2 of one layer. */
function mamba2(keys: Keys): MambaAttention {
  const heads = headsOf(keys);
  return {
    kind: "mamba",
    heads,
    headDim: keys.isText("mamba_head_dim") ? innerOver(keys, heads.value) : keys.count("mamba_head_dim"),
    stateDim: keys.count("ssm_state_size"),
    groups: keys.count("n_groups"),
    convolution: keys.count("conv_kernel"),
    stateElement: float32State,
  };
}

/** Heads of Mamba-2; in early files of Zamba2 the layer's channels over those of a head. */
function headsOf(keys: Keys): Count {
  if (keys.has("mamba_num_heads") || !keys.has("mamba_expand")) return keys.count("mamba_num_heads");
  const inner = keys.count("mamba_expand").value * keys.count("hidden_size").value;
  return keys.counted(
    inner / keys.count("mamba_head_dim").value,
    "mamba_expand x hidden_size / mamba_headdim",
  );
}

/** Channels of a head that a file calls "auto": those of the layer over its heads. */
function innerOver(keys: Keys, heads: number) {
  const inner = keys.isOn("mamba_d_ssm")
    ? keys.count("mamba_d_ssm").value
    : keys.count("mamba_expand").value * keys.count("hidden_size").value;
  if (inner % heads !== 0)
    throw keys.wrong(
      "mamba_num_heads",
      `a divisor of the layer's ${inner} channels (mamba_d_ssm or mamba_expand)`,
    );
  return keys.counted(inner / heads, "mamba_d_ssm / mamba_n_heads");
}

/** Mamba-1 of one layer: heads of one channel each. */
function mamba1(keys: Keys): MambaAttention {
  const channels = keys.isOn("mamba_inner_size")
    ? keys.count("mamba_inner_size").value
    : keys.count("mamba_expand").value * keys.count("hidden_size").value;
  const state = keys.count("mamba_d_state");
  return {
    kind: "mamba",
    heads: keys.counted(channels, "mamba_expand x hidden_size"),
    headDim: keys.counted(1, "Mamba-1: a head for each channel"),
    stateDim: state,
    groups: keys.counted(1, "Mamba-1: B and C of all channels"),
    convolution: keys.count("mamba_d_conv"),
    stepRank: keys.isText("mamba_dt_rank")
      ? keys.counted(Math.ceil(keys.count("hidden_size").value / 16), "hidden_size / 16")
      : keys.count("mamba_dt_rank"),
    stateElement: float32State,
  };
}

/** Blocks of Nemotron-H: each is attention, Mamba, experts or a dense feed-forward, alone. */
export type NemotronBlock = "attention" | "mamba" | "moe" | "mlp";

const letters: Readonly<Record<string, NemotronBlock>> = {
  "*": "attention",
  M: "mamba",
  E: "moe",
  "-": "mlp",
};
const words: Readonly<Record<string, NemotronBlock>> = {
  attention: "attention",
  full_attention: "attention",
  mamba: "mamba",
  linear_attention: "mamba",
  moe: "moe",
  mlp: "mlp",
};

/** Block of each layer of Nemotron-H. @throws UsageError for one that is not known */
export function nemotronBlocks(keys: Keys): NemotronBlock[] {
  const isPattern = keys.isText("hybrid_override_pattern");
  const key = isPattern ? "hybrid_override_pattern" : "layers_block_type";
  const known = isPattern ? letters : words;
  const each = isPattern ? Array.from(keys.text(key)) : keys.all(key);
  return each.map((block) => {
    const found = typeof block === "string" && Object.hasOwn(known, block) ? known[block] : undefined;
    if (found === undefined)
      throw keys.wrong(key, `made of ${Object.keys(known).join(", ")}; ${shownValue(block)} is not known`);
    return found;
  });
}

/** Layers of Nemotron-H and Nemotron 3. */
export const nemotronLayers = (keys: Keys): Attention[] =>
  nemotronBlocks(keys).map((block) => {
    if (block === "attention") return grouped(keys);
    return block === "mamba" ? mamba2(keys) : { kind: "none" };
  });

/** Layers of Falcon-H1: attention and Mamba-2 side by side. */
export const parallelLayers = (keys: Keys, layers: number): Attention[] =>
  Array<Attention>(layers).fill({ kind: "parallel", attention: grouped(keys), mamba: mamba2(keys) });

const mambaWords = { mamba: ["mamba", "linear_attention"], full: attending } as const;

/** Layers of Granite 4 (layer_types) and Bamba (attn_layer_indices): Mamba-2, and attention in few, or in none. */
export function mambaLayers(keys: Keys, layers: number): Attention[] {
  const attention = keys.isOn("layer_types")
    ? kindsOf(keys, "layer_types", { layers, words: mambaWords }).map((kind) => kind === "full")
    : keys.has("attn_layer_indices")
      ? indicesIn(keys, "attn_layer_indices", layers)
      : Array<boolean>(layers).fill(false);
  // a file of attention alone has the keys of Mamba too, and says nothing with them
  if (!attention.includes(false)) for (const name of Object.values(mambaNames)) keys.has(name);
  return attention.map((is) => (is ? grouped(keys) : mamba2(keys)));
}

/** Layers of Mamba and Falcon-Mamba: Mamba-1 alone. */
export const mamba1Layers = (keys: Keys, layers: number): Attention[] =>
  Array<Attention>(layers).fill(mamba1(keys));

/** Layers of Mamba-2 alone. */
export const mamba2Layers = (keys: Keys, layers: number): Attention[] =>
  Array<Attention>(layers).fill(mamba2(keys));

/** Layers of Jamba: attention in every attn_layer_period-th layer from attn_layer_offset on, and Mamba-1. */
export function jambaLayers(keys: Keys, layers: number): Attention[] {
  const period = keys.count("attn_layer_period").value;
  const offset = keys.number("attn_layer_offset");
  return Array.from({ length: layers }, (_, l) => (l % period === offset ? grouped(keys) : mamba1(keys)));
}

/**
 * Layers of PLaMo 2: Mamba in all but one of each mamba_step; its steps and its B and C come from the filtered channels, as in
 * Mamba-1. Attention sees attention_window_size tokens but in the layers that full_attention_idx lists. Source:
 * ml-explore/mlx-lm, mlx_lm/models/plamo2.py at d78bf58.
 */
export function plamoLayers(keys: Keys, layers: number): Attention[] {
  const full = new Set(keys.isOn("full_attention_idx") ? keys.counts("full_attention_idx") : []);
  const attention = grouped(keys);
  const window = { ...attention, window: keys.count("attention_window_size") };
  const attentionAt = (l: number): Attention => (full.has(l) ? attention : window);
  if (keys.has("mamba_enabled") && !keys.isTrue("mamba_enabled"))
    return Array.from({ length: layers }, (_, l) => attentionAt(l));
  const mamba: MambaAttention = {
    kind: "mamba",
    heads: keys.count("mamba_num_heads"),
    headDim: keys.count("head_dim"),
    stateDim: keys.count("mamba_d_state"),
    groups: keys.counted(1, "B and C of all heads"),
    convolution: keys.count("mamba_d_conv"),
    stepRank: keys.counted(
      Math.max(64, Math.floor(keys.count("hidden_size").value / 16)),
      "hidden_size / 16, at least 64",
    ),
    stateElement: float32State,
  };
  const step = keys.count("mamba_step").value;
  const half = Math.floor(step / 2);
  const isMamba = (l: number): boolean => (layers <= half ? l !== layers - 1 : l % step !== half);
  return Array.from({ length: layers }, (_, l) => (isMamba(l) ? mamba : attentionAt(l)));
}

/** Names of the keys of Zamba and Zamba2, by those of Mamba-2 here. */
export const zambaNames = {
  head_dim: "attention_head_dim",
  mamba_num_heads: "n_mamba_heads",
  mamba_head_dim: "mamba_headdim",
  ssm_state_size: ["mamba_d_state", "state_size"],
  n_groups: "mamba_ngroups",
  conv_kernel: ["mamba_d_conv", "conv_dimension"],
  mamba_expand: "expansion_factor",
  block_intermediate_size: ["intermediate_size", "ffn_hidden_size"],
  adapter_rank: "lora_rank",
  use_shared_attention_adapter: "use_shared_attention_lora",
} as const;

/** Layers of Zamba2: Mamba-2, with a shared block before it in those that layers_block_type calls hybrid. */
export const zamba2Layers = (keys: Keys, layers: number): Attention[] =>
  sharedBlockLayers(keys, layers, { mamba: mamba2(keys), blocks: keys.count("num_mem_blocks").value });

/** Layers of Zamba: Mamba-1, with one shared block before it in some. */
export const zambaLayers = (keys: Keys, layers: number): Attention[] =>
  sharedBlockLayers(keys, layers, { mamba: mamba1(keys), blocks: 1 });

function sharedBlockLayers(
  keys: Keys,
  layers: number,
  { mamba, blocks }: { readonly mamba: MambaAttention; readonly blocks: number },
): Attention[] {
  const types = keys.texts("layers_block_type", layers);
  const hybrid = types.filter((type) => type === "hybrid").length;
  const twice = keys.counted(
    (2 * keys.count("hidden_size").value) / keys.count("num_attention_heads").value,
    "2 x hidden_size / num_attention_heads",
  );
  const rank = keys.has("adapter_rank") ? keys.count("adapter_rank") : undefined;
  const queryHeads = keys.count("num_attention_heads");
  const shared: Attention = {
    kind: "shared-block",
    attention: {
      kind: "grouped-query",
      queryHeads,
      kvHeads: keys.has("num_key_value_heads") ? keys.count("num_key_value_heads") : queryHeads,
      headDim: keys.isOn("head_dim") ? keys.count("head_dim") : twice,
    },
    mamba,
    intermediate: keys.isOn("block_intermediate_size")
      ? keys.count("block_intermediate_size")
      : keys.counted(4 * keys.count("hidden_size").value, "4 x hidden_size"),
    share: keys.counted(blocks / Math.max(1, hybrid), "num_mem_blocks / hybrid layers"),
    ...(rank && { feedForwardRank: rank }),
    ...(rank && keys.isTrue("use_shared_attention_adapter") && { attentionRank: rank }),
  };
  return types.map((type) => (type === "hybrid" ? shared : mamba));
}

const convolutionWords = { convolution: ["conv", "short_conv"], full: attending } as const;

/** Layers of LFM2: short convolutions, and attention in those that layer_types or full_attn_idxs name. */
export function convolutionLayers(keys: Keys, layers: number): Attention[] {
  const convolution: ShortConvolution = {
    kind: "convolution",
    channels: keys.count("conv_dim", "hidden_size"),
    kernel: keys.count("conv_L_cache"),
  };
  const attention = keys.isOn("layer_types")
    ? kindsOf(keys, "layer_types", { layers, words: convolutionWords }).map((kind) => kind === "full")
    : indicesIn(keys, "full_attn_idxs", layers);
  return attention.map((is) => (is ? grouped(keys) : convolution));
}

/** For each layer, true if a key lists it; all layers if the key is missing. */
function indicesIn(keys: Keys, key: string, layers: number): boolean[] {
  if (!keys.has(key)) return Array<boolean>(layers).fill(true);
  const listed = new Set(keys.counts(key));
  return Array.from({ length: layers }, (_, l) => listed.has(l));
}
