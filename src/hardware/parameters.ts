import { attentionLayer } from "./layers/attention.ts";
import type { Attention } from "./layers/attention.ts";
import { feedForwardLayer } from "./layers/feed-forward.ts";
import type { FeedForward } from "./layers/feed-forward.ts";
import { unshared, weightsIn } from "./layers/layer.ts";
import type { Model } from "./model.ts";

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

/** Weights of one feed-forward layer: those that every token passes, and those of the routed experts. */
export function feedForwardWeights(
  group: FeedForward,
  hidden: number,
): { readonly always: number; readonly routed: number } {
  const layer = feedForwardLayer(group);
  return { always: weightsIn(layer.always(hidden, 1)), routed: weightsIn(layer.routed(hidden)) };
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
    routed += group.layers.value * weights.routed;
    routedActive += group.layers.value * weights.routed * feedForwardLayer(group).activeShare;
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
