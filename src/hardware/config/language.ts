import type { Source } from "../../core/entry.ts";
import { didYouMean, UsageError } from "../../core/errors.ts";
import { families } from "./families/all.ts";
import type { ConfigFamily } from "./families/family.ts";
import { refusedFamilies, refusedKeyIn } from "./families/refused.ts";
import { Keys } from "./keys.ts";

/** Keys under which multimodal models keep the language model. */
const nested = ["text_config", "language_config", "llm_config", "thinker_config"];

const tie = "tie_word_embeddings";

/** Every value of model_type that is read. */
const familyNames: readonly string[] = families.flatMap(({ types }) => types);

const familyOf = (type: string): ConfigFamily | undefined =>
  families.find(({ types }) => types.includes(type));

/** The language model of a config.json. */
interface LanguageConfig {
  readonly keys: Keys;
  readonly family: ConfigFamily;
  /** keys of the whole file */
  readonly outer: Keys;
  /** the output head is the token embedding */
  readonly tied: boolean;
}

/**
 * The keys of the language model, and its family: that of its own model_type, of the wrapper's around it, or of the class
 * that `architectures` names.
 *
 * @param as family that it is read as, whatever the file says
 * @throws UsageError for an unknown family
 */
export function languageOf(config: unknown, source: Source, as?: string): LanguageConfig {
  const outer = new Keys(config, source);
  let inner = outer;
  let wrappers: readonly Keys[] = [];
  let isOwn = true;
  for (let key = innerOf(inner); key !== undefined; key = innerOf(inner)) {
    wrappers = [inner, ...wrappers];
    isOwn = key !== "text_config";
    inner = inner.nested(key);
  }
  const types = [inner, outer].flatMap((keys) =>
    keys.isText("model_type") ? [keys.text("model_type")] : [],
  );
  if (as === undefined) refuseByKey(source, [inner, outer]);
  const family =
    as === undefined ? familyAmong([...types, ...classesOf(inner), ...classesOf(outer)]) : named(as);
  if (family === undefined)
    throw unknownFamily(
      source,
      types.find((type) => refusedFamilies[type] !== undefined) ?? types[0] ?? inner.text("model_type"),
      inner,
    );
  const { defaults, nested: further, names } = family;
  const reading = {
    origin: `${types[0] ?? as ?? ""} in transformers`,
    defaults: { ...(inner !== outer && further), ...defaults },
    ...(names && { names }),
  };
  const keys = inner.as(reading);
  return { keys, family, outer, tied: tiedBy(isOwn ? [keys, ...wrappers] : [...wrappers, keys], keys) };
}

/**
 * True if the first of these objects that says so ties the output head. In transformers the wrapper around a text_config owns
 * the head, and its own key counts; a model inside another wrapper has a head of its own.
 */
function tiedBy(objects: readonly Keys[], otherwise: Keys): boolean {
  const ties = objects.map((keys) => ({ isWritten: keys.isWritten(tie), isTied: keys.isTrue(tie) }));
  return ties.find(({ isWritten }) => isWritten)?.isTied ?? otherwise.isTrue(tie);
}

const innerOf = (keys: Keys): string | undefined => nested.find((key) => keys.has(key));

const familyAmong = (types: readonly string[]): ConfigFamily | undefined =>
  types.map(familyOf).find((found) => found !== undefined);

/** Families that the classes of a file are named for: deepseek_v4 of DeepseekV4ForCausalLM. */
function classesOf(keys: Keys): string[] {
  if (!keys.isList("architectures")) return [];
  const bare = (text: string): string => text.replaceAll(/[-_]/g, "").toLowerCase();
  return keys.all("architectures").flatMap((name) => {
    if (typeof name !== "string") return [];
    const base = bare(name.replace(/For[A-Z]\w*$/, ""));
    return familyNames.filter((type) => bare(type) === base);
  });
}

/** @throws UsageError for a family that is not known */
function named(as: string): ConfigFamily {
  const family = familyOf(as);
  if (family !== undefined) return family;
  throw new UsageError(
    `unknown family "${as}"; known: ${familyNames.join(", ")}${didYouMean(as, familyNames)}`,
  );
}

/** @throws UsageError for a file with a key that says that no family reads it */
function refuseByKey(source: Source, objects: readonly Keys[]): void {
  const found = refusedKeyIn(objects);
  if (found === undefined) return;
  throw new UsageError(
    `${source.title}: a model with "${found.key}" is not read: ${found.reason}; --as FAMILY reads it as another family`,
  );
}

function unknownFamily(source: Source, type: string, keys: Keys): UsageError {
  const near = likeliest(keys);
  const reason = refusedFamilies[type];
  if (reason !== undefined)
    return new UsageError(
      `${source.title}: models of model_type "${type}" are not read: ${reason}; --as ${near} reads it as another family, with other weights`,
    );
  return new UsageError(
    `unknown model_type of ${source.title} "${type}"; known: ${familyNames.join(", ")}${didYouMean(type, familyNames)}; ` +
      `its keys are like those of ${near}: --as ${near}, or @${near} behind the file, reads it so`,
  );
}

/** Keys that only some families have, and one of these families. */
const marks: readonly (readonly [key: string, family: string])[] = [
  ["compress_ratios", "deepseek_v4"],
  ["block_configs", "nemotron-nas"],
  ["hybrid_override_pattern", "nemotron_h"],
  ["linear_attn_config", "kimi_linear"],
  ["linear_num_value_heads", "qwen3_next"],
  ["index_topk", "deepseek_v32"],
  ["kv_lora_rank", "deepseek_v3"],
  ["conv_L_cache", "lfm2"],
  ["mamba_d_state", "granitemoehybrid"],
  ["sparse_attention_config", "minimax_m3"],
  ["attention_chunk_size", "llama4"],
  ["num_experts", "qwen3_moe"],
  ["n_routed_experts", "glm4_moe"],
  ["num_local_experts", "mixtral"],
];

/** The known family whose keys a file is most like. */
const likeliest = (keys: Keys): string => marks.find(([key]) => keys.isOn(key))?.[1] ?? "llama";
