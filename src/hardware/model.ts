import type { Entry } from "../core/entry.ts";
import { UsageError } from "../core/errors.ts";
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
  /** numbers of a token in the table of the layers' own embeddings, all layers together; absent without one */
  readonly tokenTable?: { readonly vocabulary: Count; readonly width: Count };
  /** learned embeddings of positions; absent without any */
  readonly positions?: Count;
  /** the output head is the token embedding */
  readonly tied?: true;
  readonly attention: readonly [AttentionGroup, ...AttentionGroup[]];
  readonly feedForward: readonly [FeedForward, ...FeedForward[]];
  /** spec of the attention of all layers in their order, for models of more than one variant */
  readonly plan?: string;
  /** files of weights that it is published as; the first is its makers' own */
  readonly checkpoints?: readonly Checkpoint[];
  /** bytes of the tensors of its snapshot folder, by the type of their elements */
  readonly stored?: readonly { readonly type: string; readonly bytes: number }[];
  /** keys of its config.json that were not understood */
  readonly unread?: readonly string[];
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

/** Groups of layers that have attention, or a recurrence or convolution in its place. */
export const attendingOf = ({ attention }: Model): readonly AttentionGroup[] =>
  attention.filter((group) => !attentionLayer(group).absent);

/** Groups of layers that have a feed-forward. */
export const feedingOf = ({ feedForward }: Model): readonly FeedForward[] =>
  feedForward.filter((group) => !feedForwardLayer(group).absent);

/**
 * Spec of the attention that the model was trained with. Layers without a variant, which mix at most a few neighbouring
 * tokens, are left out.
 *
 * @throws UsageError for a model without any other layer
 */
export function nativeOf({ name, plan, attention }: Model): string {
  if (plan !== undefined) return plan;
  const specs = attention.flatMap((group) => {
    const { variant } = attentionLayer(group);
    return variant === undefined ? [] : [{ variant, layers: group.layers.value }];
  });
  const [first, ...rest] = specs;
  if (first === undefined) throw new UsageError(`${name} has no layer with attention`);
  if (rest.every(({ variant }) => variant === first.variant)) return first.variant;
  return `layers(${specs.map(({ variant, layers }) => `${layers}*${variant}`).join("|")})`;
}
