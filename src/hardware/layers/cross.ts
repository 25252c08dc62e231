import type { Quantity } from "../../core/units.ts";
import { groupedQueryLayer } from "./grouped-query.ts";
import type { GroupedQueryAttention } from "./grouped-query.ts";
import type { AttentionLayer, Count } from "./layer.ts";

/**
 * Attention to the tokens of an image, whose K and V are computed once and kept beside the cache (Llama 3.2 Vision). Without
 * an image the layer is skipped with its feed-forward; here it counts as with one of the largest size. Source: transformers
 * 5.18.0, modeling_mllama.py, MllamaTextCrossAttention and MllamaTextModel.forward.
 */
export interface CrossAttention {
  readonly kind: "cross";
  readonly attention: GroupedQueryAttention;
  /** tokens of the image */
  readonly tokens: Count;
  /** bytes of each number of their K and V */
  readonly element: Quantity<"B">;
}

export function crossLayer({ attention, tokens, element }: CrossAttention): AttentionLayer {
  const image = groupedQueryLayer({ ...attention, window: tokens });
  const { queryHeads, kvHeads, outputHeads, outputWidth } = image;
  const headDim = attention.headDim.value;
  const layer: AttentionLayer = {
    queryHeads,
    kvHeads,
    outputHeads,
    outputWidth,
    reachesAll: false,
    fixed: { convolution: 0, state: tokens.value * 2 * kvHeads * headDim * element.value },
    matrices: image.matrices.bind(image),
    shape: (length) => ({ tokens: length, queryHeads, kvHeads, headDim, bytesPerElement: 0 }),
    rowBytes: () => 0,
    splitCache: () => layer,
    searching: () => layer,
    // every query sees the whole image, wherever it stands
    time: (rank, part) => image.time(rank, { ...part, cachedTokens: tokens.value }),
    rates: image.rates.bind(image),
  };
  return layer;
}
