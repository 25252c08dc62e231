import type { StepShape } from "../core/cost.ts";
import { kvDtypeBytes } from "../core/dtype.ts";
import type { KvDtype } from "../core/dtype.ts";
import type { Entry } from "../core/entry.ts";
import type { Quantity } from "../core/units.ts";

type Count = Quantity<"1">;

/** Grouped queries: each kv head serves queryHeads / kvHeads query heads. */
export interface GroupedQueryAttention {
  readonly kind: "grouped-query";
  readonly kvHeads: Count;
  readonly headDim: Count;
}

/**
 * Multi-head latent attention. The cache holds one latent (key and value at once) and one rope key per token and
 * layer; at decode the projections are absorbed and every query head reads that one record.
 */
export interface LatentAttention {
  readonly kind: "latent";
  readonly queryRank: Count;
  readonly latent: Count;
  readonly rope: Count;
  /** dimensions of an unabsorbed head: of its key beside rope, and of its value */
  readonly keyDim: Count;
  readonly valueDim: Count;
  /** bytes of a cached record where they are not (latent + rope) elements */
  readonly record?: Readonly<Partial<Record<KvDtype, Quantity<"B">>>>;
  /** DeepSeek sparse attention's index heads */
  readonly indexer?: { readonly heads: Count; readonly headDim: Count };
}

/** A language model: the dimensions that its memory and its decode time follow from. */
export interface Model extends Entry {
  readonly layers: Count;
  readonly hidden: Count;
  readonly vocabulary: Count;
  readonly queryHeads: Count;
  readonly attention: GroupedQueryAttention | LatentAttention;
  /** gated feed-forward layers (three matrices) that every token passes */
  readonly dense: { readonly layers: Count; readonly intermediate: Count };
  /** mixture of gated experts, in the layers that are not dense */
  readonly mixture?: {
    readonly experts: Count;
    readonly perToken: Count;
    readonly shared: Count;
    readonly intermediate: Count;
  };
  /** spec of the attention variant that the model was trained with */
  readonly native: string;
  /** what its makers say; the formula of parameters.ts must agree */
  readonly published: { readonly parameters: Count; readonly active: Count };
}

/**
 * The shape of one decode step of one layer, at a length. A latent cache is one kv head of latent + rope numbers
 * whose first `latent` serve as the value: its row is (latent + rope) b bytes, not twice that.
 */
export function shapeOf(model: Model, tokens: number, dtype: KvDtype): StepShape {
  const { attention } = model;
  const bytesPerElement = kvDtypeBytes[dtype];
  const queryHeads = model.queryHeads.value;
  if (attention.kind === "grouped-query")
    return {
      tokens,
      queryHeads,
      kvHeads: attention.kvHeads.value,
      headDim: attention.headDim.value,
      bytesPerElement,
    };
  const headDim = attention.latent.value + attention.rope.value;
  return {
    tokens,
    queryHeads,
    kvHeads: 1,
    headDim,
    valueDim: attention.latent.value,
    bytesPerElement,
    rowBytes: attention.record?.[dtype]?.value ?? headDim * bytesPerElement,
  };
}
