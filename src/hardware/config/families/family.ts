import type { Attention } from "../../layers/attention.ts";
import type { FeedForwardDims } from "../../layers/feed-forward.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { FeedForwardTraits } from "../feed-forward.ts";
import type { KeyNames, Keys } from "../keys.ts";

/**
 * A family of models: how its config.json is read. Sources: transformers, configuration_*.py and modeling_*.py of each
 * family, at commit 008e574 unless the reader of its layers names another.
 */
export interface ConfigFamily extends FeedForwardTraits {
  /** values of model_type */
  readonly types: readonly string[];
  /** reader of its attention; grouped-query layers with their windows by default */
  readonly attention?: (keys: Keys, layers: number) => Attention[];
  /** reader of its feed-forward */
  readonly feedForward?: (keys: Keys, layers: number) => FeedForwardDims[];
  /** reader of the number of layers, if num_hidden_layers may be missing */
  readonly layers?: (keys: Keys) => number;
  /** a learned embedding for each position, and rows before the first one */
  readonly learnedPositions?: { readonly before: number };
  /** values that the class gives keys which files leave out */
  readonly defaults?: JsonObject;
  /** further values for a config inside a wrapper's, in which transformers leaves out all that equal the class's */
  readonly nested?: JsonObject;
  /** names of keys, by the usual ones */
  readonly names?: KeyNames;
}

/** Keys of a dense model: vocabulary, hidden size, feed-forward, layers, query heads, kv heads. */
type Sizes = readonly [number, number, number, number, number, number];

export const sizes = ([vocabulary, hidden, intermediate, layers, heads, kvHeads]: Sizes): JsonObject => ({
  vocab_size: vocabulary,
  hidden_size: hidden,
  intermediate_size: intermediate,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: kvHeads,
});

export const tied = { tie_word_embeddings: true };
export const noWindow = { use_sliding_window: false };
