import type { Entry, Source } from "../../core/entry.ts";
import { unknownName, UsageError } from "../../core/errors.ts";
import { attentionLayer } from "../layers/attention.ts";
import type { Attention, AttentionGroup } from "../layers/attention.ts";
import type { Model } from "../model.ts";
import { attentionOf } from "./attention.ts";
import { feedForwardOf } from "./feed-forward.ts";
import { isObject } from "./json.ts";
import { Keys } from "./keys.ts";
import { planOf } from "./plan.ts";
import { storageFromConfig } from "./quantization.ts";

/** Families whose layers are read correctly; layers of any other family could be missed without notice. */
// prettier-ignore
const families = [
  "llama", "mistral", "mixtral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "qwen3_next",
  "qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text", "gemma", "gemma2", "gemma3", "gemma3_text",
  "deepseek_v2", "deepseek_v3", "deepseek_v32", "deepseek_v4", "kimi_k2", "kimi_linear",
  "glm4_moe", "glm_moe_dsa", "minimax_m2", "minimax_m3", "gpt_oss",
];

/** Most layers of a model; the deepest published ones have about a tenth of them. */
const mostLayers = 1_000;

/** Keys of the number of layers of multi-token prediction, by family. */
const draftKeys = ["num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_modules"];

/** Keys under which multimodal models keep the language model. */
const nested = ["text_config", "language_config", "llm_config"];

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
}

/**
 * A model from a Hugging Face config.json: Llama, Mistral, Qwen 2 to 3.5, DeepSeek V2 to V4, Kimi, GLM, MiniMax, gpt-oss
 * and Gemma 1 to 3. Vision and the weights of multi-token prediction are left out.
 *
 * @param about facts that config.json lacks
 * @param source source of every number; the key is added
 * @throws UsageError naming the key that is missing or wrong, or an unknown family
 */
export function modelFromConfig(about: ModelFacts, config: unknown, source: Source): Model {
  const { releases = [], ...facts } = about;
  const whole = new Keys(config, source);
  const inner = nested.find((key) => whole.has(key));
  const keys = inner === undefined ? whole : whole.nested(inner);
  const family = keys.text("model_type");
  if (!families.includes(family)) unknownName(`model_type of ${source.title}`, family, families);
  const layers = keys.count("num_hidden_layers").value;
  if (layers > mostLayers)
    throw new UsageError(`${source.title}: "num_hidden_layers" must be at most ${mostLayers}; got ${layers}`);
  const each = attentionOf(keys, layers);
  const attention = groups(each, keys);
  const plan =
    about.plan ??
    (attention.length === 1 ? undefined : planOf(each.map((attention) => attentionLayer(attention).variant)));
  const tied =
    keys.isTrue("tie_word_embeddings") ||
    (!keys.has("tie_word_embeddings") && family.startsWith("gemma")) ||
    (inner !== undefined && whole.isTrue("tie_word_embeddings"));
  const hidden = keys.count("hidden_size");
  const vocabulary = keys.count("vocab_size");
  const feedForward = feedForwardOf(keys, layers);
  const dims = { hidden: hidden.value, vocabulary: vocabulary.value, tied, attention: each, feedForward };
  const own: Release = { name: source.title.split(",")[0]!, source, config };
  const mtp = draftKeys.find((key) => keys.number(key) > 0);
  return {
    ...facts,
    hidden,
    vocabulary,
    ...(keys.has("max_position_embeddings") && { context: keys.count("max_position_embeddings") }),
    ...(mtp !== undefined && { mtp: keys.count(mtp) }),
    ...(tied && { tied: true }),
    attention,
    feedForward,
    checkpoints: [own, ...releases].map(({ config: described, ...release }) => ({
      ...release,
      stored: once(() => storageFromConfig(isObject(described) ? described : {}, dims)),
    })),
    ...(plan !== undefined && { plan }),
  };
}

/** Remembers a value that is computed at its first use. */
function once<T>(compute: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => (found ??= { value: compute() }).value;
}

/** Groups of equal layers with their numbers, in order of first appearance. */
function groups(each: readonly Attention[], keys: Keys): [AttentionGroup, ...AttentionGroup[]] {
  const counted = new Map<string, AttentionGroup>();
  for (const layer of each) {
    const kind = JSON.stringify(layer);
    const before = counted.get(kind)?.layers.value ?? 0;
    counted.set(kind, { ...layer, layers: keys.counted(before + 1, "num_hidden_layers, of this kind") });
  }
  const [first, ...rest] = counted.values();
  if (first === undefined) throw new UsageError("a model needs at least one layer");
  return [first, ...rest];
}
