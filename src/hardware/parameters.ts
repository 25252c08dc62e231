import { attentionLayer } from "./layers/attention.ts";
import type { Attention } from "./layers/attention.ts";
import { feedForwardLayer } from "./layers/feed-forward.ts";
import type { FeedForwardDims } from "./layers/feed-forward.ts";
import { unshared, weightsIn } from "./layers/layer.ts";
import { attendingOf, feedingOf } from "./model.ts";
import type { Model } from "./model.ts";
import type { WeightPart } from "./weights/parts.ts";

/** Weights of a model, counted from its dimensions, without norms, biases and multi-token prediction. */
interface Parameters {
  /** token embedding and output head, always stored in bf16 */
  readonly embeddings: number;
  /** the output head: V h */
  readonly head: number;
  /** linear layers that every token passes: attention, dense feed-forward, shared experts, routers */
  readonly always: number;
  /** all routed experts */
  readonly routed: number;
  readonly total: number;
  /** weights that one token is multiplied with */
  readonly active: number;
}

/** Weights of one attention layer. An indexer that layers share counts as its mean over them. */
export const attentionWeights = (attention: Attention, hidden: number): number =>
  weightsIn(attentionLayer(attention).matrices(hidden, unshared));

/**
 * Weights of one feed-forward layer: those that every token passes, the router among them, those of the routed experts, with
 * experts that no token of text reaches, and those of the routed experts that a token is sent to.
 */
export function feedForwardWeights(
  group: FeedForwardDims,
  hidden: number,
): Readonly<Record<"always" | "routed" | "chosen" | "router", number>> {
  const layer = feedForwardLayer(group);
  const routed = weightsIn(layer.routed(hidden));
  return {
    always: weightsIn(layer.always(hidden, 1)),
    routed: routed + weightsIn(layer.idle?.(hidden) ?? []),
    chosen: routed * layer.activeShare,
    router: layer.experts * hidden,
  };
}

/** Numbers of a model's weights by part. */
export type WeightCounts = Readonly<Record<WeightPart, number>>;

/** Weights of a model by part. Norms are one before each attention and each feed-forward, and the last one. */
export function weightCounts(model: Model): WeightCounts {
  const hidden = model.hidden.value;
  const counts = { attention: 0, experts: 0, shared: 0, dense: 0, router: 0 };
  for (const group of model.attention)
    counts.attention += group.layers.value * attentionWeights(group, hidden);
  for (const group of model.feedForward) {
    const layers = group.layers.value;
    const { always, routed, router } = feedForwardWeights(group, hidden);
    counts[routed > 0 ? "shared" : "dense"] += layers * (always - router);
    counts.router += layers * router;
    counts.experts += layers * routed;
  }
  return { ...counts, embeddings: embeddingsOf(model), norms: (normedOf(model) + 1) * hidden };
}

/** Token embedding, output head, positions and the table of the layers' own embeddings. */
function embeddingsOf({ hidden, vocabulary, tied, tokenTable, positions }: Model): number {
  const table = tokenTable ? tokenTable.vocabulary.value * tokenTable.width.value : 0;
  const rows = (tied ? 1 : 2) * vocabulary.value + (positions?.value ?? 0);
  return rows * hidden.value + table;
}

/** Attentions and feed-forwards of all layers. */
const normedOf = (model: Model): number =>
  [...attendingOf(model), ...feedingOf(model)].reduce((sum, { layers }) => sum + layers.value, 0);

export function parametersOf(model: Model): Parameters {
  const hidden = model.hidden.value;
  const head = model.vocabulary.value * hidden;
  const embeddings = embeddingsOf(model);
  const attention = model.attention.reduce(
    (sum, group) => sum + group.layers.value * attentionWeights(group, hidden),
    0,
  );
  let always = attention;
  let [routed, routedActive] = [0, 0];
  for (const group of model.feedForward) {
    const weights = feedForwardWeights(group, hidden);
    always += group.layers.value * weights.always;
    routed += group.layers.value * weights.routed;
    routedActive += group.layers.value * weights.chosen;
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
