import type { Model } from "./model.ts";

/** What a model's weights are stored as, and the bytes of one: E4M3, or E2M1 in blocks of 16 with an E4M3 scale. */
export const weightDtypeBytes = { bf16: 2, fp8: 1, nvfp4: 0.5625 } as const;

export type WeightDtype = keyof typeof weightDtypeBytes;

export const weightDtypes = Object.keys(weightDtypeBytes) as readonly WeightDtype[];

/** Weights of a model, counted from its dimensions (norms, biases and multi-token prediction left out). */
interface Parameters {
  /** token embedding and output head, 2 V h; stored in bf16 whatever the rest is stored as */
  readonly embeddings: number;
  /** linear layers that every token passes: attention, dense feed-forward, shared experts, routers */
  readonly always: number;
  /** routed experts, all of them */
  readonly routed: number;
  readonly total: number;
  /** weights that one token is multiplied with */
  readonly active: number;
}

/**
 * Grouped query attention: 2 h (Hq + Hkv) d. Latent attention: down and up projections of query and key-value,
 * and the output. Feed-forward: three matrices h x i.
 */
export function parametersOf(model: Model): Parameters {
  const { attention, dense, mixture } = model;
  const [layers, hidden, heads] = [model.layers.value, model.hidden.value, model.queryHeads.value];
  const embeddings = 2 * model.vocabulary.value * hidden;
  let perLayer: number;
  if (attention.kind === "grouped-query") {
    perLayer = 2 * hidden * (heads + attention.kvHeads.value) * attention.headDim.value;
  } else {
    const { queryRank, latent, rope, keyDim, valueDim, indexer } = attention;
    const query = queryRank.value * (hidden + heads * (keyDim.value + rope.value));
    const keyValue =
      hidden * (latent.value + rope.value) + latent.value * heads * (keyDim.value + valueDim.value);
    const output = heads * valueDim.value * hidden;
    const index = indexer
      ? queryRank.value * indexer.heads.value * indexer.headDim.value +
        hidden * (indexer.headDim.value + indexer.heads.value)
      : 0;
    perLayer = query + keyValue + output + index;
  }
  let always = layers * perLayer + dense.layers.value * 3 * hidden * dense.intermediate.value;
  let [routed, routedActive] = [0, 0];
  if (mixture) {
    const mixtureLayers = layers - dense.layers.value;
    const expert = 3 * hidden * mixture.intermediate.value;
    always += mixtureLayers * (mixture.shared.value * expert + hidden * mixture.experts.value);
    routed = mixtureLayers * mixture.experts.value * expert;
    routedActive = mixtureLayers * mixture.perToken.value * expert;
  }
  return {
    embeddings,
    always,
    routed,
    total: embeddings + always + routed,
    active: embeddings / 2 + always + routedActive, // an embedding is looked up, not multiplied
  };
}

/** Bytes of all weights. */
export function weightBytes(model: Model, dtype: WeightDtype): number {
  const { embeddings, always, routed } = parametersOf(model);
  return embeddings * weightDtypeBytes.bf16 + (always + routed) * weightDtypeBytes[dtype];
}

/**
 * Bytes of weights that a decode step of so many tokens reads: the output head and what every token passes once,
 * and of E routed experts the share 1 - (1 - k/E)^tokens that some token is sent to (routing taken as even).
 */
export function weightBytesRead(model: Model, dtype: WeightDtype, tokens: number): number {
  const { embeddings, always, routed } = parametersOf(model);
  const { mixture } = model;
  const touched = mixture ? 1 - (1 - mixture.perToken.value / mixture.experts.value) ** tokens : 0;
  return (embeddings / 2) * weightDtypeBytes.bf16 + (always + touched * routed) * weightDtypeBytes[dtype];
}
