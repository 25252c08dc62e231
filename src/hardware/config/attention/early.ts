import { lookup } from "../../../core/lookup.ts";
import type { Attention } from "../../layers/attention.ts";
import type { Count } from "../../layers/layer.ts";
import type { Keys } from "../keys.ts";
import { grouped, groupedLayers } from "./grouped.ts";

/** A layer of the file with these kv heads. */
const withKvHeads = (keys: Keys, kvHeads: Count): Attention => ({ ...grouped(keys), kvHeads });

const one = (keys: Keys, key: string): Count => keys.counted(1, `${key}: all query heads share one kv head`);

/** Layers of GPT-BigCode (StarCoder, SantaCoder): multi_query gives all query heads one kv head. */
export const multiQueryLayers = (keys: Keys, layers: number): Attention[] =>
  Array<Attention>(layers).fill(
    keys.isTrue("multi_query") ? withKvHeads(keys, one(keys, "multi_query")) : grouped(keys),
  );

/**
 * Layers of Falcon: num_kv_heads counts in its new decoder architecture alone, before it multi_query decides. Source:
 * transformers, modeling_falcon.py, FalconAttention.
 */
export function falconLayers(keys: Keys, layers: number): Attention[] {
  if (!keys.isTrue("new_decoder_architecture")) return multiQueryLayers(keys, layers);
  const kvHeads = keys.count("num_kv_heads", "num_attention_heads");
  return Array<Attention>(layers).fill(withKvHeads(keys, kvHeads));
}

/** Layers of MPT: attn_type says how many kv heads there are. Source: mosaicml/llm-foundry, layers/attention.py. */
export function mptLayers(keys: Keys, layers: number): Attention[] {
  const type = keys.isText("attn_type") ? keys.text("attn_type") : "multihead_attention";
  const layer = {
    multihead_attention: () => grouped(keys),
    multiquery_attention: () => withKvHeads(keys, one(keys, "attn_type")),
    grouped_query_attention: () => withKvHeads(keys, keys.count("kv_n_heads")),
  };
  if (!Object.hasOwn(layer, type)) throw keys.wrong("attn_type", `one of ${Object.keys(layer).join(", ")}`);
  return Array<Attention>(layers).fill(layer[type as keyof typeof layer]());
}

/** Layers of ChatGLM: multi_query_group_num counts where multi_query_attention is on. */
export const glmLayers = (keys: Keys, layers: number): Attention[] =>
  Array<Attention>(layers).fill(
    keys.isTrue("multi_query_attention")
      ? withKvHeads(keys, keys.count("multi_query_group_num"))
      : grouped(keys),
  );

const reaches = lookup<"global" | "local">({ global: "global", local: "local" });

/** Layers of GPT-Neo: local ones see window_size tokens, as attention_layers or attention_types lists them. */
export function neoLayers(keys: Keys, layers: number): Attention[] {
  const full = grouped(keys);
  const listed = keys.isOn("attention_layers")
    ? keys.texts("attention_layers", layers)
    : keys.all("attention_types").flatMap((each) => {
        const [types, times] = Array.isArray(each) ? (each as unknown[]) : [];
        if (!Array.isArray(types) || typeof times !== "number")
          throw keys.wrong("attention_types", "a list of [types, times]");
        return Array.from({ length: times }, () => types.map(String)).flat();
      });
  return listed.map((type) => {
    const reach = reaches[type];
    if (reach === undefined) throw keys.wrong("attention_layers", 'made of "global" and "local"');
    return reach === "global" ? full : { ...full, window: keys.count("window_size") };
  });
}

/** Layers of OpenELM: query and kv heads by layer. Source: ml-explore/mlx-lm, mlx_lm/models/openelm.py at d78bf58. */
export function scaledLayers(keys: Keys, layers: number): Attention[] {
  const [queries, kv] = (["num_query_heads", "num_kv_heads"] as const).map((key) => keys.list(key, layers));
  const headDim = keys.count("head_dim");
  return Array.from({ length: layers }, (_, l) => {
    const [queryHeads, kvHeads] = [
      keys.countAt(l, layers, "num_query_heads"),
      keys.countAt(l, layers, "num_kv_heads"),
    ];
    if (queryHeads.value % kvHeads.value !== 0)
      throw keys.wrong(
        "num_query_heads",
        `multiples of num_kv_heads; layer ${l} has ${String(queries![l])} and ${String(kv![l])}`,
      );
    return { kind: "grouped-query", queryHeads, kvHeads, headDim };
  });
}

/** Layers of OPT. @throws UsageError for an embedding of another width than the layers */
export function optLayers(keys: Keys, layers: number): Attention[] {
  if (
    keys.isOn("word_embed_proj_dim") &&
    keys.count("word_embed_proj_dim").value !== keys.count("hidden_size").value
  )
    throw keys.wrong(
      "word_embed_proj_dim",
      "hidden_size: an embedding that is narrower than the layers is not read",
    );
  return groupedLayers(keys, layers);
}
