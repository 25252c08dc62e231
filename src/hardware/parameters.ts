import type { Attention, FeedForward, Model } from "./model.ts";
import { mixturesOf } from "./model.ts";
import { weightDtypeBytes } from "./kernels/dtypes.ts";
import type { WeightDtype } from "./kernels/dtypes.ts";

/** Weights of a model, counted from its dimensions (norms, biases and multi-token prediction left out). */
interface Parameters {
  /** token embedding and output head; stored in bf16 whatever the rest is stored as */
  readonly embeddings: number;
  /** the output head: V h */
  readonly head: number;
  /** linear layers that every token passes: attention, dense feed-forward, shared experts, routers */
  readonly always: number;
  /** routed experts, all of them */
  readonly routed: number;
  readonly total: number;
  /** weights that one token is multiplied with */
  readonly active: number;
}

/**
 * Weights of one attention layer; of an indexer the mean over the layers. Sources of the projections: transformers,
 * modeling_llama.py, modeling_deepseek_v3.py, modeling_deepseek_v4.py (compressors and grouped output of low rank),
 * modeling_qwen3_next.py; Kimi-Linear, modeling_kimi.py.
 */
export function attentionWeights(attention: Attention, hidden: number): number {
  const heads = attention.queryHeads.value;
  switch (attention.kind) {
    case "grouped-query": {
      const { kvHeads, headDim, gated, blocks } = attention;
      const index = blocks ? hidden * (blocks.indexHeads.value + 1) * blocks.indexDim.value : 0;
      return hidden * headDim.value * ((gated ? 3 : 2) * heads + 2 * kvHeads.value) + index;
    }
    case "latent": {
      const { queryRank, latent, rope, keyDim, valueDim, gated, indexer } = attention;
      const queryDim = heads * (keyDim.value + rope.value);
      const query = queryRank ? queryRank.value * (hidden + queryDim) : hidden * queryDim;
      const keyValue =
        hidden * (latent.value + rope.value) + latent.value * heads * (keyDim.value + valueDim.value);
      const output = (gated ? 2 : 1) * heads * valueDim.value * hidden;
      if (!indexer) return query + keyValue + output;
      const { heads: indexHeads, headDim, period } = indexer;
      const index =
        (queryRank?.value ?? hidden) * indexHeads.value * headDim.value +
        hidden * (headDim.value + indexHeads.value);
      return query + keyValue + output + index / (period?.value ?? 1);
    }
    case "compressed": {
      const { headDim, queryRank, outputGroups, outputRank, pool, indexer } = attention;
      const width = heads * headDim.value;
      const query = queryRank.value * (hidden + width);
      const output = outputRank.value * (width + outputGroups.value * hidden);
      // a compressor has values and gates, for its own tokens and with an indexer for those before them too
      const compressor = (dim: number): number => (pool ? 2 * hidden * dim * (indexer ? 2 : 1) : 0);
      const index = indexer
        ? queryRank.value * indexer.heads.value * indexer.headDim.value +
          hidden * indexer.heads.value +
          compressor(indexer.headDim.value)
        : 0;
      return query + hidden * headDim.value + output + compressor(headDim.value) + index;
    }
    case "delta": {
      const { rule, valueHeads, keyDim, valueDim, convolution, gateRank } = attention;
      const [keys, values] = [heads * keyDim.value, valueHeads.value * valueDim.value];
      const gate = gateRank ? gateRank.value * (hidden + values) : hidden * values;
      // KDA: a decay for each channel through a rank of one head; Gated DeltaNet: one for each head
      const decay = rule === "kda" ? valueDim.value * (hidden + keys) : hidden * valueHeads.value;
      const mixed = 2 * keys + values;
      return hidden * (mixed + values + valueHeads.value) + gate + decay + convolution.value * mixed;
    }
  }
}

/** Weights of one feed-forward layer: those that every token passes, and the routed experts. */
export function feedForwardWeights(
  group: FeedForward,
  hidden: number,
): { readonly always: number; readonly routed: number } {
  if (group.kind === "dense") return { always: 3 * hidden * group.intermediate.value, routed: 0 };
  const { experts, intermediate, shared, latent } = group;
  const projections = latent ? 2 * hidden * latent.value : 0;
  return {
    always: 3 * hidden * (shared?.value ?? 0) + hidden * experts.value + projections,
    routed: experts.value * 3 * (latent?.value ?? hidden) * intermediate.value,
  };
}

export function parametersOf(model: Model): Parameters {
  const hidden = model.hidden.value;
  const head = model.vocabulary.value * hidden;
  const embeddings = model.tied ? head : 2 * head;
  const attention = model.attention.reduce(
    (sum, group) => sum + group.layers.value * attentionWeights(group, hidden),
    0,
  );
  let always = attention;
  let [routed, routedActive] = [0, 0];
  for (const group of model.feedForward) {
    const weights = feedForwardWeights(group, hidden);
    always += group.layers.value * weights.always;
    if (group.kind === "dense") continue;
    routed += group.layers.value * weights.routed;
    routedActive += (group.layers.value * weights.routed * group.perToken.value) / group.experts.value;
  }
  return {
    embeddings,
    head,
    always,
    routed,
    total: embeddings + always + routed,
    active: head + always + routedActive, // an embedding is looked up, not multiplied
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
  const { head, always } = parametersOf(model);
  const touched = mixturesOf(model).reduce((sum, group) => {
    const share = 1 - (1 - group.perToken.value / group.experts.value) ** tokens;
    return sum + share * group.layers.value * feedForwardWeights(group, model.hidden.value).routed;
  }, 0);
  return head * weightDtypeBytes.bf16 + (always + touched) * weightDtypeBytes[dtype];
}
