import type { Attention } from "../../layers/attention.ts";
import type { GroupedQueryAttention } from "../../layers/grouped-query.ts";
import type { Count } from "../../layers/layer.ts";
import type { Keys } from "../keys.ts";
import { chunksOf, reachOf } from "./windows.ts";

/** Keys of the heads of a kind of layer. */
export interface HeadKeys {
  readonly queryHeads: string;
  readonly kvHeads: string;
  readonly headDim: string;
  readonly valueDim: string;
}

const usual: HeadKeys = {
  queryHeads: "num_attention_heads",
  kvHeads: "num_key_value_heads",
  headDim: "head_dim",
  valueDim: "v_head_dim",
};

/** Heads of a layer. @throws UsageError naming both keys of a quotient that is no whole number */
export function grouped(keys: Keys, names: Partial<HeadKeys> = {}): GroupedQueryAttention {
  const { queryHeads: queries, kvHeads: kv, headDim: dim, valueDim: values } = { ...usual, ...names };
  const queryHeads = keys.count(queries);
  const headDim = keys.isOn(dim)
    ? keys.count(dim)
    : keys.quotient("hidden_size", queries, ` where "${dim}" is not given`);
  if (keys.has(kv)) keys.quotient(queries, kv);
  const valueDim = keys.isOn(values) ? keys.count(values) : undefined;
  const isGated = keys.isTrue("attn_output_gate") || keys.isTrue("attention_output_gate");
  return {
    kind: "grouped-query",
    queryHeads,
    kvHeads: keys.has(kv) ? keys.count(kv) : queryHeads,
    headDim,
    ...(valueDim && valueDim.value !== headDim.value && { valueDim }),
    ...(isGated && { gated: true }),
  };
}

/** A layer with the window of the file. */
const windowed = (keys: Keys, layer: GroupedQueryAttention): GroupedQueryAttention => ({
  ...layer,
  window: keys.count("sliding_window", "sliding_window_size"),
});

/** Layers of Llama, Mistral, Qwen2 and 3, gpt-oss, Gemma, MiniMax, GLM-4 and many others, some of them with windows. */
export function groupedLayers(keys: Keys, layers: number): Attention[] {
  const full = grouped(keys);
  return reachOf(keys, layers).map((reach) => (reach === "window" ? windowed(keys, full) : full));
}

/** Layers of Afmoe: all have a gate. Source: ml-explore/mlx-lm, mlx_lm/models/afmoe.py at d78bf58. */
export const gatedLayers = (keys: Keys, layers: number): Attention[] =>
  groupedLayers(keys, layers).map((layer) => ({ ...layer, gated: true }) as Attention);

/**
 * Layers of Hunyuan: with use_cla, each run of cla_share_factor layers reads K and V of its first one. Source:
 * ml-explore/mlx-lm, mlx_lm/models/hunyuan.py at d78bf58.
 */
export function crossLayerLayers(keys: Keys, layers: number): Attention[] {
  const period = keys.isTrue("use_cla") ? keys.count("cla_share_factor").value : 1;
  return groupedLayers(keys, layers).map((layer, l) =>
    l % period === 0 ? layer : ({ ...layer, borrows: true } as Attention),
  );
}

/** Layers of Llama 4: three with chunks, one that sees all. */
export function chunkedLayers(keys: Keys, layers: number): Attention[] {
  const full = grouped(keys);
  return chunksOf(keys, layers).map((reach) =>
    reach === "chunk" ? { ...full, chunk: keys.count("attention_chunk_size") } : full,
  );
}

/** Layers of MiniMax-M3: an index of blocks in those of which sparse_attention_freq says 1. */
export function blockLayers(keys: Keys, layers: number): Attention[] {
  const full = grouped(keys);
  if (!keys.isOn("sparse_attention_config")) return groupedLayers(keys, layers);
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

/**
 * Layers of Gemma 3n and 4: windows, and full layers of which Gemma 4 has heads of their own and keys that are values too.
 * The last num_kv_shared_layers read K and V of the last layer of their kind before them. Source: transformers,
 * modeling_gemma3n.py and modeling_gemma4.py.
 */
export function gemmaLayers(keys: Keys, layers: number): Attention[] {
  const isKeyValue = keys.isTrue("attention_k_eq_v");
  const global = {
    ...(keys.isOn("global_head_dim") && { headDim: "global_head_dim" }),
    ...(isKeyValue && keys.isOn("num_global_key_value_heads") && { kvHeads: "num_global_key_value_heads" }),
  };
  const full = { ...grouped(keys, global), ...(isKeyValue && { keysAreValues: true as const }) };
  const local = windowed(keys, grouped(keys));
  const own = layers - keys.number("num_kv_shared_layers");
  return reachOf(keys, layers).map((reach, l) => ({
    ...(reach === "window" ? local : full),
    ...headsAt(keys, l, layers),
    ...(l >= own && { borrows: true as const }),
  }));
}

/** Heads that per_layer_config gives one layer: transformers from version 5.18 on writes those of Gemma 4's full layers so. */
function headsAt(keys: Keys, l: number, layers: number): Partial<GroupedQueryAttention> {
  if (!keys.isOn("per_layer_config")) return {};
  const listed = keys.nested("per_layer_config");
  const key = [String(l), String(l).padStart(String(layers - 1).length, "0")].find((each) =>
    listed.isOn(each),
  );
  if (key === undefined) return {};
  const own = listed.nested(key);
  // named alike in all layers, so that equal layers are one group
  const count = (name: string): Count => keys.counted(own.count(name).value, `per_layer_config, ${name}`);
  return {
    ...(own.isOn("head_dim") && { headDim: count("head_dim") }),
    ...(own.isOn("num_key_value_heads") && { kvHeads: count("num_key_value_heads") }),
  };
}

/**
 * Layers of MiMo-V2: windows with heads of their own where hybrid_layer_pattern says 1; as transformers writes the file,
 * they have twice the kv heads. Source: transformers 5.18.0, modeling_mimo_v2_flash.py.
 */
export function hybridWindowLayers(keys: Keys, layers: number): Attention[] {
  const full = grouped(keys);
  if (!keys.isOn("hybrid_layer_pattern")) {
    const twice = keys.counted(2 * full.kvHeads.value, "2 x num_key_value_heads");
    const own = windowed(keys, { ...full, kvHeads: twice });
    return reachOf(keys, layers).map((reach) => (reach === "window" ? own : full));
  }
  const local = windowed(
    keys,
    grouped(keys, {
      queryHeads: "swa_num_attention_heads",
      kvHeads: "swa_num_key_value_heads",
      headDim: "swa_head_dim",
      valueDim: "swa_v_head_dim",
    }),
  );
  return keys.list("hybrid_layer_pattern", layers).map((is) => (is === 1 ? local : full));
}

/** Layers of Step 3.5 and 3.7: windows, whose heads attention_other_setting may give. */
export function stepLayers(keys: Keys, layers: number): Attention[] {
  const full = grouped(keys);
  const others = keys.isOn("attention_other_setting")
    ? keys.nested("attention_other_setting", { names: { num_key_value_heads: "num_attention_groups" } })
    : keys;
  const local = windowed(keys, grouped(others));
  return reachOf(keys, layers).map((reach) => (reach === "window" ? local : full));
}

/**
 * Layers of Laguna: windows, query heads by layer, and a gate for each head or for each number of its output. Source:
 * transformers, modular_laguna.py at 049b5a3.
 */
export function lagunaLayers(keys: Keys, layers: number): Attention[] {
  const gating = keys.isText("gating") ? keys.text("gating") : "per-head";
  if (gating !== "per-head" && gating !== "per-element")
    throw keys.wrong("gating", 'true, "per-head" or "per-element"');
  const gate =
    gating === "per-head"
      ? { besideQuery: keys.counted(1, "gating: a gate for each query head") }
      : { gated: true as const };
  const full = { ...grouped(keys), ...gate };
  // without layer_types the class has no windows
  const reaches = keys.isOn("layer_types") ? reachOf(keys, layers) : Array<"full">(layers).fill("full");
  return reaches.map((reach, l) => {
    const layer = keys.isList("num_attention_heads_per_layer")
      ? { ...full, queryHeads: keys.countAt(l, layers, "num_attention_heads_per_layer") }
      : full;
    return reach === "window" ? windowed(keys, layer) : layer;
  });
}

/**
 * Layers of Inkling: windows with heads of their own, a bias by distance that queries weigh, and short convolutions over
 * keys, values and what attention and feed-forward add. Source: transformers, modular_inkling.py at 04fafa2.
 */
export function inklingLayers(keys: Keys, layers: number): Attention[] {
  const beside = { besideQuery: keys.count("d_rel") };
  const convolved = (layer: GroupedQueryAttention): GroupedQueryAttention => ({
    ...layer,
    ...beside,
    convolution: {
      kernel: keys.count("sconv_kernel_size", "conv_kernel_size"),
      channels: keys.counted(
        2 * layer.kvHeads.value * layer.headDim.value + 2 * keys.count("hidden_size").value,
        "keys, values, and twice hidden_size",
      ),
    },
  });
  const full = convolved(grouped(keys));
  const local = convolved(
    windowed(
      keys,
      grouped(keys, {
        queryHeads: "swa_num_attention_heads",
        kvHeads: "swa_num_key_value_heads",
        headDim: "swa_head_dim",
      }),
    ),
  );
  const listed = keys.isList("local_layer_ids") ? new Set(keys.counts("local_layer_ids")) : undefined;
  const isLocal = keys.isOn("layer_types")
    ? keys.texts("layer_types", layers).map((type) => type === "hybrid_sliding")
    : Array.from({ length: layers }, (_, l) => listed?.has(l) ?? (l + 1) % 6 !== 0);
  return isLocal.map((is) => (is ? local : full));
}

/** Layers of Step 3 (MFA): queries of a rank, and one head of keys and of values. Source: vLLM, models/step3_text.py. */
export const factorizedLayers = (keys: Keys, layers: number): Attention[] =>
  Array<Attention>(layers).fill({ ...grouped(keys), queryRank: keys.count("share_q_dim") });

/**
 * Layers of Nemotron-NAS: block_configs says of each whether it has attention, and how many query heads share a kv head.
 * Source: nvidia/Llama-3_3-Nemotron-Super-49B-v1, block_config.py.
 */
export function blockConfigLayers(keys: Keys, layers: number): Attention[] {
  const queryHeads = keys.count("num_attention_heads");
  const headDim = keys.isOn("head_dim")
    ? keys.count("head_dim")
    : keys.quotient("hidden_size", "num_attention_heads", ' where "head_dim" is not given');
  return keys.nestedList("block_configs", layers).map((block) => {
    const attention = block.nested("attention");
    if (attention.isOn("replace_with_linear"))
      throw attention.wrong("replace_with_linear", "false: a linear layer in place of attention is not read");
    if (attention.isTrue("no_op")) return { kind: "none" };
    const shared = attention.count("n_heads_in_group");
    if (queryHeads.value % shared.value !== 0)
      throw attention.wrong("n_heads_in_group", `a divisor of num_attention_heads, ${queryHeads.value}`);
    return {
      kind: "grouped-query",
      queryHeads,
      kvHeads: keys.counted(
        queryHeads.value / shared.value,
        "num_attention_heads / block_configs.attention.n_heads_in_group",
      ),
      headDim,
    };
  });
}
