import type { Entry } from "../core/entry.ts";
import type { Quantity } from "../core/units.ts";
import { attentionLayer } from "./layers/attention.ts";
import type { AttentionGroup } from "./layers/attention.ts";
import { feedForwardLayer } from "./layers/feed-forward.ts";
import type { FeedForward } from "./layers/feed-forward.ts";
import type { Count } from "./layers/layer.ts";
import type { Checkpoint } from "./weights/checkpoint.ts";

/**
 * A language model: the dimensions that decide its memory and its times. Layers are grouped twice, by their attention
 * and by their feed-forward; both groupings add up to the same number of layers.
 */
export interface Model extends Entry {
  readonly hidden: Count;
  readonly vocabulary: Count;
  /** most tokens that it was made for; absent where its makers do not say */
  readonly context?: Count;
  /** layers of multi-token prediction, which draft tokens; absent without any */
  readonly mtp?: Count;
  /** the output head is the token embedding */
  readonly tied?: true;
  readonly attention: readonly [AttentionGroup, ...AttentionGroup[]];
  readonly feedForward: readonly [FeedForward, ...FeedForward[]];
  /** spec of the attention of all layers in their order, for models of more than one variant */
  readonly plan?: string;
  /** files of weights that it is published as; the first is its makers' own */
  readonly checkpoints?: readonly Checkpoint[];
  /** numbers that its makers publish; the count of parameters.ts must agree */
  readonly published?: {
    readonly parameters: Count;
    readonly active?: Count;
    /** of all tensors as its makers ship them */
    readonly bytes?: Quantity<"B">;
  };
}

export const layersOf = ({ attention }: Model): number =>
  attention.reduce((sum, { layers }) => sum + layers.value, 0);

/** Routed experts of each group of layers that has them. */
export const expertsOf = ({ feedForward }: Model): number[] =>
  feedForward.map((group) => feedForwardLayer(group).experts).filter((experts) => experts > 0);

/** Spec of the attention that the model was trained with. */
export const nativeOf = ({ plan, attention }: Model): string =>
  plan ??
  (attention.length === 1
    ? attentionLayer(attention[0]).variant
    : `layers(${attention.map((group) => `${group.layers.value}*${attentionLayer(group).variant}`).join("|")})`);
