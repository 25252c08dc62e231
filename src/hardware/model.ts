import type { StepShape } from "../core/cost.ts";
import { kvDtypeBytes } from "../core/dtype.ts";
import type { KvDtype } from "../core/dtype.ts";
import type { Entry } from "../core/entry.ts";
import type { Quantity } from "../core/units.ts";

type Count = Quantity<"1">;

/** Layers of a model that are alike. */
interface Layers {
  readonly layers: Count;
  readonly queryHeads: Count;
}

/** Grouped queries: each kv head serves queryHeads / kvHeads query heads. */
export interface GroupedQueryAttention extends Layers {
  readonly kind: "grouped-query";
  readonly kvHeads: Count;
  readonly headDim: Count;
  /** last tokens that a query sees, its own included; all of them where absent */
  readonly window?: Count;
  /** the output is multiplied by a gate that is as wide as the queries, which has its own projection */
  readonly gated?: true;
  /** MSA: an index head for each kv head ranks blocks of tokens, of which a query reads the best */
  readonly blocks?: {
    readonly indexHeads: Count;
    readonly indexDim: Count;
    readonly block: Count;
    readonly read: Count;
  };
}

/**
 * Multi-head latent attention. The cache holds one latent (key and value at once) and one rope key per token and
 * layer; at decode the projections are absorbed and every query head reads that one record.
 */
export interface LatentAttention extends Layers {
  readonly kind: "latent";
  /** queries are projected down to it and up again; at once where absent */
  readonly queryRank?: Count;
  readonly latent: Count;
  readonly rope: Count;
  /** dimensions of an unabsorbed head: of its key beside rope, and of its value */
  readonly keyDim: Count;
  readonly valueDim: Count;
  /** the output is multiplied by a gate that is as wide as the heads' values */
  readonly gated?: true;
  /** bytes of a cached record where they are not (latent + rope) elements */
  readonly record?: Readonly<Partial<Record<KvDtype, Quantity<"B">>>>;
  /** DeepSeek sparse attention's index heads; one layer of `period` has them, and lends its choice to those after it */
  readonly indexer?: {
    readonly heads: Count;
    readonly headDim: Count;
    readonly read: Count;
    readonly period?: Count;
  };
}

/**
 * DeepSeek-V4: one key-value record of headDim numbers for each `pool` tokens and each of the last `window`; with an
 * indexer a query reads the best of them (CSA), without one all (HCA). Query and output projections are of low rank.
 */
export interface CompressedAttention extends Layers {
  readonly kind: "compressed";
  readonly headDim: Count;
  readonly queryRank: Count;
  readonly outputGroups: Count;
  readonly outputRank: Count;
  /** tokens from one record to the next; none are pooled where absent */
  readonly pool?: Count;
  readonly window: Count;
  readonly indexer?: { readonly heads: Count; readonly headDim: Count; readonly read: Count };
}

/** The delta rule: a state of keyDim x valueDim for each value head in place of a cache. */
export interface DeltaAttention extends Layers {
  readonly kind: "delta";
  readonly rule: "kda" | "gated-deltanet";
  /** query and key heads are `queryHeads`; each serves valueHeads / queryHeads states */
  readonly valueHeads: Count;
  readonly keyDim: Count;
  readonly valueDim: Count;
  readonly convolution: Count;
  /** rank of the projection that the output gate comes from, where it is not a full one */
  readonly gateRank?: Count;
  /** bytes of a number of the state */
  readonly stateElement: Quantity<"B">;
}

export type Attention = GroupedQueryAttention | LatentAttention | CompressedAttention | DeltaAttention;

/** The attention of one layer. */
export type LayerAttention = Attention extends infer A
  ? A extends Attention
    ? Omit<A, "layers">
    : never
  : never;

/** Gated feed-forward layers, three matrices each, that every token passes. */
interface DenseFeedForward {
  readonly kind: "dense";
  readonly layers: Count;
  readonly intermediate: Count;
}

/** Mixtures of gated experts. */
export interface MixtureFeedForward {
  readonly kind: "mixture";
  readonly layers: Count;
  readonly experts: Count;
  readonly perToken: Count;
  /** width of a routed expert */
  readonly intermediate: Count;
  /** width of all shared experts together, which every token passes */
  readonly shared?: Count;
  /** width that routed experts read and write, where it is not the model's: one projection down and one up */
  readonly latent?: Count;
}

export type FeedForward = DenseFeedForward | MixtureFeedForward;

/**
 * A language model: the dimensions that its memory and its times follow from. Layers are grouped twice, by their
 * attention and by their feed-forward; both groupings add up to the same number of layers.
 */
export interface Model extends Entry {
  readonly hidden: Count;
  readonly vocabulary: Count;
  /** the output head is the token embedding */
  readonly tied?: true;
  readonly attention: readonly [Attention, ...Attention[]];
  readonly feedForward: readonly [FeedForward, ...FeedForward[]];
  /** spec of the attention of all layers in their order, where that is more than one variant */
  readonly plan?: string;
  /** what its makers say, where they do; the formula of parameters.ts must agree */
  readonly published?: { readonly parameters: Count; readonly active?: Count };
}

export const layersOf = ({ attention }: Model): number =>
  attention.reduce((sum, { layers }) => sum + layers.value, 0);

/** The mixtures of experts among a model's layers. */
export const mixturesOf = ({ feedForward }: Model): MixtureFeedForward[] =>
  feedForward.filter((group) => group.kind === "mixture");

/** Numbers of the heads' outputs of a token, before the output projection. */
export function outputWidth(attention: Attention): number {
  if (attention.kind === "delta") return attention.valueHeads.value * attention.valueDim.value;
  const width = attention.kind === "latent" ? attention.valueDim : attention.headDim;
  return attention.queryHeads.value * width.value;
}

/** Whether a query may reach the whole context, however little of it a step then reads. */
export function reachesAll(attention: Attention): boolean {
  switch (attention.kind) {
    case "grouped-query":
      return attention.window === undefined;
    case "latent":
      return true;
    case "compressed":
      return attention.pool !== undefined;
    case "delta":
      return false;
  }
}

const searched: Readonly<Record<Attention["kind"], readonly string[]>> = {
  "grouped-query": ["window", "blocks"],
  latent: ["indexer"],
  compressed: ["pool", "indexer"],
  delta: [],
};

/** The layers without what their cache is searched with: index, blocks, pools, window. All of these are optional. */
export const unsearched = <A extends Attention>(attention: A): A =>
  Object.fromEntries(
    Object.entries(attention).filter(([name]) => !searched[attention.kind].includes(name)),
  ) as unknown as A;

/** Spec of the attention variant that these layers were trained with. */
export function variantOf(attention: LayerAttention): string {
  const call = (name: string, params: Readonly<Record<string, Count | undefined>>): string =>
    `${name}(${Object.entries(params)
      .flatMap(([param, count]) => (count === undefined ? [] : [`${param}=${count.value}`]))
      .join(",")})`;
  switch (attention.kind) {
    case "grouped-query": {
      const { window, blocks } = attention;
      if (blocks) return call("msa", { block: blocks.block, k: blocks.read, indexDim: blocks.indexDim });
      return window ? `sink-window(sinks=0,window=${window.value})` : "dense";
    }
    case "latent": {
      const { indexer } = attention;
      if (!indexer) return "dense";
      const { read: k, heads: indexHeads, headDim: indexDim, period } = indexer;
      return call(period ? "index-share" : "dsa", { k, indexHeads, indexDim, period });
    }
    case "compressed": {
      const { pool, window, indexer } = attention;
      if (!pool) return `sink-window(sinks=0,window=${window.value})`;
      return indexer
        ? call("csa", { pool, window, k: indexer.read, indexHeads: indexer.heads, indexDim: indexer.headDim })
        : call("hca", { pool, window });
    }
    case "delta":
      return attention.rule;
  }
}

/** Spec of the attention of the whole model, as it was trained. */
export const nativeOf = ({ plan, attention }: Model): string =>
  plan ??
  (attention.length === 1
    ? variantOf(attention[0])
    : `layers(${attention.map((group) => `${group.layers.value}*${variantOf(group)}`).join("|")})`);

/**
 * The shape of one decode step of one layer, at a length. A latent cache is one kv head of latent + rope numbers
 * whose first `latent` serve as the value: its row is (latent + rope) b bytes, not twice that. So is a record of
 * DeepSeek-V4 key and value at once. A state has elements of its own width, whatever the dtype.
 */
export function shapeOf(attention: Attention, tokens: number, dtype: KvDtype): StepShape {
  const bytesPerElement = kvDtypeBytes[dtype];
  const queryHeads = attention.queryHeads.value;
  switch (attention.kind) {
    case "grouped-query":
      return {
        tokens,
        queryHeads,
        kvHeads: attention.kvHeads.value,
        headDim: attention.headDim.value,
        bytesPerElement,
      };
    case "latent": {
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
    case "compressed": {
      const headDim = attention.headDim.value;
      return {
        tokens,
        queryHeads,
        kvHeads: 1,
        headDim,
        bytesPerElement,
        rowBytes: headDim * bytesPerElement,
      };
    }
    case "delta":
      return {
        tokens,
        queryHeads,
        kvHeads: attention.valueHeads.value,
        headDim: attention.keyDim.value,
        valueDim: attention.valueDim.value,
        bytesPerElement: attention.stateElement.value,
      };
  }
}
