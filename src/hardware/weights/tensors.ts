import type { Model } from "../model.ts";
import { layersOf } from "../model.ts";
import { weightCounts } from "../parameters.ts";
import type { ReadStorage } from "./checkpoint.ts";
import { everyPart, storedIn } from "./parts.ts";
import type { ModelStorage, WeightPart } from "./parts.ts";

/** A tensor of a checkpoint. */
interface WeightTensor {
  readonly name: string;
  readonly dtype: string;
  readonly bytes: number;
}

/** Towers beside the language model, and layers of multi-token prediction. */
const beside = /vision|visual|audio|projector|patch_|image_|\bmtp\b|nextn|eh_proj/;

/** Words in the names of tensors, by part, the first match first. Source: transformers, modeling_*.py of each family. */
const words: readonly (readonly [RegExp, WeightPart])[] = [
  [/embed_tokens|\bembed\b|embeddings|lm_head|\bhead\b|\bwte\b|unembed/, "embeddings"],
  [/norm/, "norms"],
  [/shared_expert|shared_mlp/, "shared"],
  [/\bexperts\b/, "experts"],
  [/\bgate\.(?:weight|e_score|bias)|\brouter\b|e_score_correction/, "router"],
  [/attn|attention|mamba|\bconv\b|mixer\.(?:[qkvo]_proj|in_proj|out_proj|conv1d|A_log|D\b|dt_)/, "attention"],
  [/mlp|feed_forward|ffn|mixer\.(?:up|down|gate)_proj/, "dense"],
];

/** Part of the language model that a tensor belongs to; undefined for other towers and drafts. */
export function partOfTensor(name: string, layers: number): WeightPart | undefined {
  const layer = /\blayers\.(\d+)\./.exec(name)?.[1];
  if (beside.test(name) || (layer !== undefined && Number(layer) >= layers)) return undefined;
  return words.find(([word]) => word.test(name))?.[1];
}

/** The same model with the bytes that its makers' tensors take in place of those that its config.json describes. */
export function withTensors(model: Model, tensors: readonly WeightTensor[]): Model {
  const [own, ...others] = model.checkpoints ?? [];
  if (own === undefined || tensors.length === 0) return model;
  return {
    ...model,
    stored: bytesByType(tensors),
    checkpoints: [{ ...own, stored: () => storageOf(model, tensors, own.stored()) }, ...others],
  };
}

/** Bytes of all tensors by the type of their elements, the most first. */
function bytesByType(tensors: readonly WeightTensor[]): { readonly type: string; readonly bytes: number }[] {
  const sums = new Map<string, number>();
  for (const { dtype, bytes } of tensors) sums.set(dtype, (sums.get(dtype) ?? 0) + bytes);
  return [...sums].map(([type, bytes]) => ({ type, bytes })).sort((a, b) => b.bytes - a.bytes);
}

/** Mean bytes of a weight of each part, scales included; the formats are those that config.json names. */
function storageOf(model: Model, tensors: readonly WeightTensor[], described: ReadStorage): ReadStorage {
  const layers = layersOf(model);
  const counts = weightCounts(model);
  const sums = new Map<WeightPart, number>();
  for (const { name, bytes } of tensors) {
    const part = partOfTensor(name, layers);
    if (part !== undefined) sums.set(part, (sums.get(part) ?? 0) + bytes);
  }
  const storage: ModelStorage = everyPart((part) => {
    const usual = "storage" in described ? described.storage[part] : storedIn("bf16");
    const bytes = sums.get(part);
    return bytes === undefined || counts[part] === 0 ? usual : { ...usual, bytes: bytes / counts[part] };
  });
  return { storage };
}
