import type { Keys } from "../keys.ts";
import { attending, kindsOf } from "../kinds.ts";

/** Reach of a layer's attention. */
export type Reach = "full" | "window" | "chunk";

const filled = (layers: number, reach: Reach): Reach[] => Array<Reach>(layers).fill(reach);

/** Every `period`-th layer is full, the others are not. */
const every = (layers: number, period: number, others: Reach): Reach[] =>
  Array.from({ length: layers }, (_, l) => ((l + 1) % period === 0 ? "full" : others));

/** True if the file or the class says that no layer has a window, or one that no context of the model fills. */
const isOff = (keys: Keys): boolean =>
  (keys.isWritten("sliding_window") && !keys.isOn("sliding_window")) ||
  (keys.has("use_sliding_window") && !keys.isTrue("use_sliding_window")) ||
  (keys.isOn("sliding_window") &&
    keys.isWritten("max_position_embeddings") &&
    keys.count("sliding_window").value >= keys.count("max_position_embeddings").value);

const words: Readonly<Record<Reach, readonly string[]>> = {
  full: [...attending, "hybrid"],
  window: ["sliding_attention", "local_attention", "sliding", "hybrid_sliding"],
  chunk: ["chunked_attention"],
};

/**
 * Reach of each layer: as `layer_types` lists it, or as `sliding_window_pattern` or `max_window_layers` compute it. With a
 * window and none of them every layer has it. Source: transformers, configuration_*.py of each family.
 *
 * @throws UsageError for a kind of layer that has neither window nor chunk nor all tokens
 */
export function reachOf(keys: Keys, layers: number): Reach[] {
  const off = isOff(keys);
  if (keys.isOn("layer_types"))
    return kindsOf(keys, "layer_types", { layers, words }).map((reach) =>
      off && reach === "window" ? "full" : reach,
    );
  if (off || !keys.isOn("sliding_window")) return filled(layers, "full");
  if (keys.isText("sliding_window_pattern")) return lettered(keys.text("sliding_window_pattern"), layers);
  if (
    keys.isText("order_of_interleaved_layers") &&
    keys.text("order_of_interleaved_layers") !== "local_attn_first"
  )
    throw keys.wrong("order_of_interleaved_layers", '"local_attn_first"');
  if (keys.isOn("sliding_window_pattern"))
    return every(layers, keys.count("sliding_window_pattern").value, "window");
  if (keys.has("use_sliding_window")) {
    // Qwen: the first max_window_layers attend to everything
    const first = keys.count("max_window_layers").value;
    return Array.from({ length: layers }, (_, l) => (l >= first ? "window" : "full"));
  }
  return filled(layers, "window");
}

/** EXAONE's pattern: L for a window and G for all tokens, again and again; the last layer sees all. */
const lettered = (pattern: string, layers: number): Reach[] =>
  Array.from({ length: layers }, (_, l) =>
    pattern[l % pattern.length] === "G" || l === layers - 1 ? "full" : "window",
  );

/** Llama 4: layers with rope see their chunk; every fourth layer has no rope and sees all. */
export function chunksOf(keys: Keys, layers: number): Reach[] {
  if (!keys.isOn("attention_chunk_size")) return filled(layers, "full");
  if (keys.isOn("layer_types")) return reachOf(keys, layers);
  if (keys.isOn("no_rope_layers"))
    return keys.list("no_rope_layers", layers).map((rope) => (rope === 1 ? "chunk" : "full"));
  return every(layers, keys.count("no_rope_layer_interval").value, "chunk");
}
