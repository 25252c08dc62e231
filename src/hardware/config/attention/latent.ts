import { from } from "../../../core/units.ts";
import type { Attention } from "../../layers/attention.ts";
import type { CompressedAttention } from "../../layers/compressed.ts";
import type { LatentAttention } from "../../layers/latent.ts";
import type { Keys } from "../keys.ts";
import { attending, kindsOf } from "../kinds.ts";
import { kimiDelta } from "./delta.ts";
import { groupedLayers } from "./grouped.ts";

/** Latent attention of one layer. */
export const latent = (keys: Keys): LatentAttention => ({
  kind: "latent",
  queryHeads: keys.count("num_attention_heads"),
  ...(keys.isOn("q_lora_rank") && { queryRank: keys.count("q_lora_rank") }),
  latent: keys.count("kv_lora_rank"),
  ...(keys.number("qk_rope_head_dim") > 0 && { rope: keys.count("qk_rope_head_dim") }),
  keyDim: keys.count("qk_nope_head_dim"),
  valueDim: keys.count("v_head_dim"),
  ...(keys.isTrue("mla_use_output_gate") && { gated: true }),
});

const sparseRecord = from({
  title: "vLLM, FlashMLA sparse: format of the FP8 cache",
  url: "https://docs.vllm.ai/en/v0.11.0/api/vllm/v1/attention/backends/mla/flashmla_sparse.html",
})(656, "B", { note: "512 FP8 latents, 4 float32 scales, 64 bfloat16 of rope" });

/**
 * Layers of DeepSeek V2 to V3.2, Kimi K2 and GLM-5; grouped-query layers in a file without a latent. `index_topk` adds an
 * indexer to each layer, or one that several layers share. Hy4 has streams, whose mixes are counted as DeepSeek-V4's; A.X K2
 * projects its gate through the queries' rank, which is counted as a projection of its own. Both are 0.4% or less of all
 * parameters. Source: transformers 5.18.0, modeling_hy_v4.py and modeling_axk2.py.
 */
export function latentLayers(keys: Keys, layers: number): Attention[] {
  if (!keys.isOn("kv_lora_rank")) return groupedLayers(keys, layers);
  if (keys.isOn("layer_types")) kindsOf(keys, "layer_types", { layers, words: { full: attending } });
  const dense = { ...latent(keys), ...(keys.isOn("hc_mult") && { streams: keys.count("hc_mult") }) };
  if (!keys.isOn("index_topk")) return Array<Attention>(layers).fill(dense);
  const indexer = {
    heads: keys.count("index_n_heads"),
    headDim: keys.count("index_head_dim"),
    read: keys.count("index_topk"),
  };
  const record =
    dense.latent.value === 512 && dense.rope?.value === 64 ? { record: { fp8: sparseRecord } } : {};
  const sparse = { ...dense, ...record, indexer };
  const computes = indexedLayers(keys, layers);
  if (computes === undefined) return Array<Attention>(layers).fill(sparse);
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

const pooledWords = { linear: ["linear_attention"], full: attending } as const;

/**
 * Layers of GLM-5.3-Flash: KDA, and in every fourth layer latent attention without rope, with an index of pools. Source:
 * transformers, configuration_glm5_next.py at 02106f7 and modular_glm5_next.py at 95d5838.
 *
 * @throws UsageError for layers that share an index: the released model has none
 */
export function pooledLayers(keys: Keys, layers: number): Attention[] {
  const streams = { streams: keys.count("hc_mult") };
  const own = keys.isOn("linear_attn_config") ? keys.nested("linear_attn_config") : undefined;
  const linear: Attention = {
    ...kimiDelta(keys, {
      heads: own?.has("num_heads") ? own.count("num_heads") : keys.count("linear_num_heads"),
      headDim: own?.has("head_dim") ? own.count("head_dim") : keys.count("linear_head_dim"),
      convolution: own?.has("short_conv_kernel_size")
        ? own.count("short_conv_kernel_size")
        : keys.count("linear_conv_kernel_dim"),
    }),
    ...streams,
  };
  const pooled: Attention = {
    ...latent(keys),
    indexer: {
      heads: keys.count("index_n_heads"),
      headDim: keys.count("index_head_dim"),
      read: keys.count("index_topk"),
      pool: keys.count("index_kpool"),
    },
    ...streams,
  };
  const listed = own?.has("full_attn_layers") ? own.counts("full_attn_layers") : undefined;
  const isPooled = keys.isOn("layer_types")
    ? kindsOf(keys, "layer_types", { layers, words: pooledWords }).map((kind) => kind === "full")
    : Array.from({ length: layers }, (_, l) => listed?.includes(l) ?? l % 4 === 3);
  const computes = keys.isOn("indexer_types") ? indexedLayers(keys, layers) : undefined;
  if (isPooled.some((is, l) => is && computes?.[l] === false))
    throw keys.wrong("indexer_types", '"full" in all layers with an index of pools');
  return isPooled.map((is) => (is ? pooled : linear));
}

/**
 * For each layer, true if it computes the choice of an index; undefined if all do. Source: transformers,
 * configuration_glm_moe_dsa.py.
 */
function indexedLayers(keys: Keys, layers: number): boolean[] | undefined {
  if (keys.isOn("indexer_types")) return keys.texts("indexer_types", layers).map((type) => type === "full");
  if (keys.isText("index_topk_pattern")) {
    const pattern = keys.text("index_topk_pattern");
    return Array.from({ length: layers }, (_, l) => pattern[l] !== "S");
  }
  if (!keys.isOn("index_topk_freq")) return undefined;
  const period = keys.count("index_topk_freq").value;
  const offset = keys.isOn("index_skip_topk_offset") ? keys.count("index_skip_topk_offset").value : 2;
  return Array.from({ length: layers }, (_, l) => Math.max(l - offset + 1, 0) % period === 0);
}

/** Fields of a layer of DeepSeek-V4 that has its window alone. */
const windowLayer = (keys: Keys): CompressedAttention => ({
  kind: "compressed",
  queryHeads: keys.count("num_attention_heads"),
  headDim: keys.count("head_dim"),
  queryRank: keys.count("q_lora_rank"),
  outputGroups: keys.count("o_groups"),
  outputRank: keys.count("o_lora_rank"),
  window: keys.count("sliding_window"),
  ...(keys.isOn("hc_mult") && { streams: keys.count("hc_mult") }),
});

/** Index of records. */
const recordIndex = (keys: Keys) => ({
  heads: keys.count("index_n_heads"),
  headDim: keys.count("index_head_dim"),
  read: keys.count("index_topk"),
});

/** Tokens of a record in each layer; those beyond the layers belong to multi-token prediction. */
function ratiosOf(keys: Keys, layers: number): readonly number[] {
  if (!keys.isOn("compress_ratios") && keys.isOn("layer_types")) return ratesOf(keys, layers);
  keys.list("compress_ratios", layers);
  return keys.counts("compress_ratios").slice(0, layers);
}

/** The same as transformers 5.18.0 writes it: a kind for each layer, and a ratio for each kind. */
function ratesOf(keys: Keys, layers: number): readonly number[] {
  const rates = keys.nested("compress_rates", {
    defaults: { compressed_sparse_attention: 4, heavily_compressed_attention: 128 },
  });
  return keys
    .texts("layer_types", layers)
    .map((type) => (type === "sliding_attention" ? 0 : rates.count(type).value));
}

/** Layers of DeepSeek-V4: ratio 0 is the window alone, 4 has an indexer (inference/model.py), others read all records. */
export function compressedLayers(keys: Keys, layers: number): Attention[] {
  const window = windowLayer(keys);
  const indexer = recordIndex(keys);
  return ratiosOf(keys, layers).map((ratio) =>
    ratio === 0
      ? window
      : {
          ...window,
          pool: keys.counted(ratio, "compress_ratios"),
          ...(ratio === 4 && { indexer }),
        },
  );
}

/**
 * Layers of DeepSeek-V4.1: those of kv_source_layer_ids make records and keys of the index, which the layers after them
 * read; those of index_source_layer_ids choose, and the layers after them read the same choice. After
 * candidate_source_layer_id an index scores the records of candidate blocks alone. Engram's tables are counted among the
 * parameters; their projections, 0.3B in two layers, are left out, and so are the drafts (DSpark) and the shorter prefill
 * of the second half of the layers. Source: transformers, configuration_deepseek_v41.py at f026c83 and
 * modular_deepseek_v41.py at 0a2080b.
 */
export function sharedRecordLayers(keys: Keys, layers: number): Attention[] {
  const window = { ...windowLayer(keys), records: "borrows" as const };
  const [lenders, choosers] = (["kv_source_layer_ids", "index_source_layer_ids"] as const).map(
    (key) => new Set(keys.counts(key)),
  ) as [Set<number>, Set<number>];
  const first = keys.has("candidate_source_layer_id") ? keys.integer("candidate_source_layer_id") : -1;
  const index = recordIndex(keys);
  const candidates =
    first < 0
      ? undefined
      : keys.counted(
          keys.count("candidate_topk_blocks").value * keys.count("candidate_block_size").value,
          "candidate_topk_blocks x candidate_block_size",
        );
  const ratios = ratiosOf(keys, layers);
  return ratios.map((ratio, l): Attention => {
    if (ratio === 0) return window;
    if (!ratios.some((_, source) => source <= l && lenders.has(source)))
      throw keys.wrong("kv_source_layer_ids", `a layer at or before ${l}, whose records it reads`);
    return {
      ...window,
      pool: keys.counted(ratio, "compress_ratios"),
      records: lenders.has(l) ? "lends" : "borrows",
      indexer: {
        ...index,
        ...(!choosers.has(l) && { lent: true as const }),
        ...(candidates && choosers.has(l) && l > first && { candidates }),
      },
    };
  });
}
