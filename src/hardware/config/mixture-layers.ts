import type { Keys } from "./keys.ts";
import { kindsOf } from "./kinds.ts";

const mixtureWords = { dense: ["dense"], experts: ["sparse", "moe", "hash_moe"] } as const;

/**
 * For each layer of a model with experts, true if it has them. Source: transformers, configuration_*.py and modeling_*.py
 * of each family.
 */
export function mixtureLayersOf(keys: Keys, layers: number): boolean[] {
  const of = (is: (l: number) => boolean): boolean[] => Array.from({ length: layers }, (_, l) => is(l));
  if (keys.isOn("mlp_layer_types"))
    return kindsOf(keys, "mlp_layer_types", { layers, words: mixtureWords }).map(
      (kind) => kind === "experts",
    );
  const dense = denseFirst(keys);
  if (keys.isList("is_moe_layer")) return keys.list("is_moe_layer", layers).map((is) => is === true);
  if (keys.isList("moe_layer_freq")) return keys.list("moe_layer_freq", layers).map((is) => is === 1);
  if (keys.isOn("moe_layers")) return listed(keys.counts("moe_layers"), layers);
  // Step 3.5: numbers in a text
  if (keys.isText("moe_layers_enum"))
    return listed(keys.text("moe_layers_enum").split(",").map(Number), layers);
  if (keys.isOn("interleave_moe_layer_step")) {
    const step = keys.count("interleave_moe_layer_step").value;
    return of((l) => (l + 1) % step === 0);
  }
  if (keys.isOn("expert_layer_period")) {
    const [period, offset] = [keys.count("expert_layer_period").value, keys.number("expert_layer_offset")];
    return of((l) => l % period === offset);
  }
  if (keys.has("moe_layer_start_index")) {
    const start = ofBoth(keys, "moe_layer_start_index", 0, layers);
    const end = ofBoth(keys, "moe_layer_end_index", layers - 1, layers);
    const interval = keys.isOn("moe_layer_interval") ? keys.count("moe_layer_interval").value : 1;
    return of((l) => (l + 1) % interval === 0 && l >= start && l <= end);
  }
  const step = keys.isOn("moe_layer_freq") ? keys.count("moe_layer_freq").value : 1;
  const sparse = keys.isOn("decoder_sparse_step") ? keys.count("decoder_sparse_step").value : 1;
  const only = keys.has("mlp_only_layers") ? keys.counts("mlp_only_layers") : [];
  return of((l) => l >= dense && l % step === 0 && (l + 1) % sparse === 0 && !only.includes(l));
}

/** A layer's number, or that of text and that of images, which must be the same among the layers that there are. */
function ofBoth(keys: Keys, key: string, otherwise: number, layers: number): number {
  if (!keys.isList(key)) return keys.isOn(key) ? keys.count(key).value : otherwise;
  const numbers = keys.counts(key).map((layer) => Math.min(layer, layers - 1));
  if (numbers.length !== 2 || numbers[0] !== numbers[1])
    throw keys.wrong(key, "one layer for text and images: experts of one of them alone are not read");
  return numbers[0]!;
}

const listed = (which: readonly number[], layers: number): boolean[] =>
  Array.from({ length: layers }, (_, l) => which.includes(l));

/** Layers before the first one with experts. */
function denseFirst(keys: Keys): number {
  const key = ["first_k_dense_replace", "num_dense_layers", "moe_layer_num_skipped"].find((each) =>
    keys.isOn(each),
  );
  return key === undefined ? 0 : keys.atMost("num_hidden_layers", key).value;
}
