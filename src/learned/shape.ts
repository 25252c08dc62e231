import { UsageError } from "../core/errors.ts";

/** Attention with which a layer can be trained. */
export const mixerNames = ["dense", "window", "linear", "gated-delta"] as const;

export type MixerName = (typeof mixerNames)[number];

/** Sizes of a small transformer. */
export interface ReaderShape {
  readonly vocabulary: number;
  /** positions with an embedding of their own; 0: no position embeddings */
  readonly positions: number;
  /** mixer of each layer, first to last; their number is that of the layers */
  readonly mixers: readonly MixerName[];
  /** numbers of a token's vector */
  readonly width: number;
  readonly heads: number;
  /** tokens that the mixer "window" reads */
  readonly window: number;
  /** tokens that the convolution before each mixer covers; 0: no convolution */
  readonly convolution: number;
  /** hidden numbers of the feed-forward network, as a multiple of `width`; 0: no feed-forward network */
  readonly expansion: number;
}

/** Whether a mixer keeps a state; its outputs are brought to one size before they are projected. */
export const isRecurrent = (mixer: MixerName): boolean => mixer === "linear" || mixer === "gated-delta";

/** @throws UsageError for sizes that do not fit each other */
export function checkShape({ width, heads, mixers }: ReaderShape): void {
  if (width % heads !== 0)
    throw new UsageError(`width must be a multiple of the heads; got ${width} and ${heads}`);
  if (mixers.length === 0) throw new UsageError("a reader needs a layer; got no mixer");
}
