import { compressedLayer } from "./compressed.ts";
import type { CompressedAttention } from "./compressed.ts";
import { convolutionLayer } from "./convolution.ts";
import type { ShortConvolution } from "./convolution.ts";
import { crossLayer } from "./cross.ts";
import type { CrossAttention } from "./cross.ts";
import { deltaLayer } from "./delta.ts";
import type { DeltaAttention } from "./delta.ts";
import { groupedQueryLayer } from "./grouped-query.ts";
import type { GroupedQueryAttention } from "./grouped-query.ts";
import { latentLayer } from "./latent.ts";
import type { LatentAttention } from "./latent.ts";
import type { AttentionLayer, Count } from "./layer.ts";
import { mambaLayer } from "./mamba.ts";
import type { MambaAttention } from "./mamba.ts";
import { noAttentionLayer } from "./none.ts";
import type { NoAttention } from "./none.ts";
import { parallelLayer } from "./parallel.ts";
import type { ParallelAttention } from "./parallel.ts";
import { sharedBlockLayer } from "./shared-block.ts";
import type { SharedBlockAttention } from "./shared-block.ts";
import { withStreams } from "./streams.ts";
import type { Streams } from "./streams.ts";

/** Dimensions of the attention of one layer. */
export type Attention =
  | GroupedQueryAttention
  | LatentAttention
  | CompressedAttention
  | DeltaAttention
  | MambaAttention
  | ShortConvolution
  | ParallelAttention
  | SharedBlockAttention
  | CrossAttention
  | NoAttention;

/** Layers of a model with the same attention. */
export type AttentionGroup = Attention & { readonly layers: Count };

/** Every kind of attention layer; a new one is a file and a line here. */
const kinds: {
  readonly [K in Attention["kind"]]: (attention: Extract<Attention, { kind: K }>) => AttentionLayer;
} = {
  "grouped-query": groupedQueryLayer,
  latent: latentLayer,
  compressed: compressedLayer,
  delta: deltaLayer,
  mamba: mambaLayer,
  convolution: convolutionLayer,
  parallel: parallelLayer,
  "shared-block": sharedBlockLayer,
  cross: crossLayer,
  none: noAttentionLayer,
};

/** A layer with these dimensions. */
export function attentionLayer(attention: Attention): AttentionLayer {
  const layer = (kinds[attention.kind] as (attention: Attention) => AttentionLayer)(attention);
  const { streams, mixRank }: Streams = attention as Streams;
  return streams ? withStreams(layer, attention.kind, { streams, ...(mixRank && { mixRank }) }) : layer;
}
