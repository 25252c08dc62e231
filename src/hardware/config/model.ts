import type { Entry, Source } from "../../core/entry.ts";
import { UsageError } from "../../core/errors.ts";
import { attentionLayer } from "../layers/attention.ts";
import type { FeedForward } from "../layers/feed-forward.ts";
import type { Model } from "../model.ts";
import { groupedLayers } from "./attention/grouped.ts";
import { feedForwardOf } from "./feed-forward.ts";
import { isObject } from "../../core/json.ts";
import type { Keys } from "./keys.ts";
import { languageOf } from "./language.ts";
import { planOf } from "./plan.ts";
import { storageFromConfig } from "./quantization.ts";
import { notUnderstood } from "./understood.ts";

/** Most layers of a model; the deepest published ones have about a tenth of them. */
const mostLayers = 1_000;

/** Keys of the number of layers of multi-token prediction, by family. */
const draftKeys = ["num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_modules"];

/** Keys of the most tokens that a model was made for; one that the file has goes before a default of its class. */
const lengthKeys = ["model_max_length", "max_position_embeddings"] as const;

/** Files of weights of the same model that others published, with the keys that describe their formats. */
export interface Release {
  readonly name: string;
  readonly source: Source;
  /** a config.json or hf_quant_config.json */
  readonly config: unknown;
}

/** Facts about a model that its config.json lacks. */
interface ModelFacts extends Entry, Pick<Model, "published" | "plan"> {
  readonly releases?: readonly Release[];
  /** family that it is read as, whatever its model_type */
  readonly as?: string;
}

/**
 * A model from a Hugging Face config.json of any family in families/. Vision and the weights of multi-token prediction are
 * left out.
 *
 * @param about facts that config.json lacks
 * @param source source of every number; the key is added
 * @throws UsageError naming the key that is missing or wrong, or an unknown family
 */
export function modelFromConfig(about: ModelFacts, config: unknown, source: Source): Model {
  const { releases = [], as, ...facts } = about;
  const { keys, family, outer, tied } = languageOf(config, source, as);
  const { attention: readAttention = groupedLayers, feedForward: readFeedForward } = family;
  const layers = family.layers?.(keys) ?? keys.count("num_hidden_layers").value;
  if (layers > mostLayers)
    throw new UsageError(`${source.title}: "num_hidden_layers" must be at most ${mostLayers}; got ${layers}`);
  const each = readAttention(keys, layers);
  const attention = grouped(each, (group, count) => ({
    ...group,
    layers: keys.counted(count, "num_hidden_layers, of this kind"),
  }));
  const specs = each.flatMap((layer) => attentionLayer(layer).variant ?? []);
  const plan = about.plan ?? (new Set(specs).size <= 1 ? undefined : planOf(specs));
  const hidden = keys.count("hidden_size");
  const vocabulary = keys.count("vocab_size");
  const fed = readFeedForward?.(keys, layers) ?? feedForwardOf(keys, layers, family);
  const feedForward = grouped(fed, (group, count): FeedForward => ({
    ...group,
    layers: keys.counted(count, layersWith[group.kind]),
  }));
  const table = tokenTable(keys, layers);
  const positions = family.learnedPositions && learnedPositions(keys, family.learnedPositions.before);
  const dims = {
    hidden: hidden.value,
    vocabulary: vocabulary.value,
    tied,
    ...(table && {
      table: {
        weights: table.vocabulary.value * table.width.value,
        names: keys.isOn("engram_layer_ids")
          ? ["engram.embed"]
          : ["embed_tokens_per_layer", "ngram_embedding"],
      },
    }),
    attention: each,
    feedForward: fed,
  };
  const own: Release = { name: source.title.split(",")[0]!, source, config };
  const mtp = draftKeys.find((key) => keys.number(key) > 0);
  const length =
    lengthKeys.find((key) => keys.isWritten(key) && keys.has(key)) ?? lengthKeys.find((key) => keys.has(key));
  const unread = notUnderstood(outer);
  return {
    ...facts,
    hidden,
    vocabulary,
    ...(length && { context: keys.count(length) }),
    ...(mtp !== undefined && { mtp: keys.count(mtp) }),
    ...(table && { tokenTable: table }),
    ...(positions && { positions }),
    ...(tied && { tied: true }),
    attention,
    feedForward,
    checkpoints: [own, ...releases].map(({ config: described, ...release }) => ({
      ...release,
      stored: once(() => storageFromConfig(isObject(described) ? described : {}, dims)),
    })),
    ...(plan !== undefined && { plan }),
    ...(unread.length > 0 && { unread }),
  };
}

/** Learned embeddings of positions, with rows before the first one. */
const learnedPositions = (keys: Keys, before: number): Model["positions"] =>
  before === 0
    ? keys.count("max_position_embeddings")
    : keys.counted(
        keys.count("max_position_embeddings").value + before,
        `max_position_embeddings + ${before}`,
      );

const layersWith = {
  dense: "layers without experts",
  mixture: "layers with experts",
  none: "layers without feed-forward",
} as const;

/**
 * Table of the tokens' embeddings of each layer, all layers side by side (Gemma 3n), or of n-grams (Qwen3.8-Flash-Next, DeepSeek-V4.1). A
 * table of n-grams has a prime number of rows for each head, less than 1e-4 above the base that is taken here.
 */
function tokenTable(keys: Keys, layers: number): Model["tokenTable"] {
  if (keys.isOn("engram_layer_ids"))
    return {
      vocabulary: keys.counted(
        keys.counts("engram_num_embeddings").reduce((sum, rows) => sum + rows, 0),
        "engram_num_embeddings, of all layers",
      ),
      width: keys.count("engram_head_dim"),
    };
  if (keys.isOn("emb_split_num")) return hashedTable(keys);
  if (keys.isOn("ple_layer_ids")) {
    const heads = (keys.count("ngram_size").value - 1) * keys.count("heads_per_ngram").value;
    const rows = heads * keys.count("ngram_vocab_size_base").value * keys.counts("ple_layer_ids").length;
    const width = keys.count("ple_embed_dim", "hidden_size").value;
    if (width % heads !== 0) throw keys.wrong("ple_embed_dim", `a multiple of the ${heads} heads of n-grams`);
    return {
      vocabulary: keys.counted(rows, "ngram_vocab_size_base x heads of n-grams"),
      width: keys.counted(width / heads, "ple_embed_dim / heads of n-grams"),
    };
  }
  if (!keys.isOn("hidden_size_per_layer_input")) return undefined;
  const width = keys.count("hidden_size_per_layer_input");
  return {
    vocabulary: keys.count("vocab_size_per_layer_input", "vocab_size"),
    width: keys.counted(layers * width.value, "num_hidden_layers x hidden_size_per_layer_input"),
  };
}

/**
 * Tables of n-grams of LongCat-Flash-Lite: emb_split_num for each length of 2 to emb_neighbor_num tokens, each with two rows
 * more than the one before it, and a share of the hidden size as width; their projections, 0.01B, are left out. Source:
 * ml-explore/mlx-lm, mlx_lm/models/longcat_flash_ngram.py at d78bf58, NgramEmbedding.
 */
function hashedTable(keys: Keys): Model["tokenTable"] {
  const tables = keys.count("emb_split_num").value * (keys.count("emb_neighbor_num").value - 1);
  const hidden = keys.count("hidden_size").value;
  const first = keys.real("ngram_vocab_size_ratio") * keys.count("vocab_size").value + 1;
  const rows = Array.from({ length: tables }, (_, i) => Math.floor(first + 2 * i));
  return {
    vocabulary: keys.counted(
      rows.reduce((sum, count) => sum + count, 0),
      "ngram_vocab_size_ratio x vocab_size, of all tables",
    ),
    width: keys.counted(Math.floor(hidden / tables), "hidden_size / tables of n-grams"),
  };
}

/** Remembers a value that is computed at its first use. */
function once<T>(compute: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => (found ??= { value: compute() }).value;
}

/** Groups of equal layers, in order of first appearance. */
function grouped<L, G>(each: readonly L[], groupOf: (layer: L, count: number) => G): [G, ...G[]] {
  // most layers are the same object as an earlier one
  const kinds = new Map<L, string>();
  const counted = new Map<string, { readonly layer: L; readonly count: number }>();
  for (const layer of each) {
    const kind = kinds.get(layer) ?? JSON.stringify(layer);
    kinds.set(layer, kind);
    counted.set(kind, { layer, count: (counted.get(kind)?.count ?? 0) + 1 });
  }
  const [first, ...rest] = [...counted.values()].map(({ layer, count }) => groupOf(layer, count));
  if (first === undefined) throw new UsageError("a model needs at least one layer");
  return [first, ...rest];
}
