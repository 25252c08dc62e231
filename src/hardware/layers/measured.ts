import { from } from "../../core/units.ts";
import { attentionLayer } from "./attention.ts";
import type { Attention } from "./attention.ts";
import type { CompressedAttention } from "./compressed.ts";
import type { GroupedQueryAttention } from "./grouped-query.ts";
import type { LatentAttention } from "./latent.ts";
import type { AttentionLayer, Count } from "./layer.ts";

/** The same fields with plain numbers in place of counts. */
type Numbers<T> = {
  readonly [K in keyof T]: NonNullable<T[K]> extends Count ? number : Numbers<NonNullable<T[K]>>;
};

/** Dimensions of the search of each kind of layer. */
interface LayerSearch {
  readonly "grouped-query": Numbers<
    Pick<GroupedQueryAttention, "window" | "chunk" | "blocks" | "microBlocks">
  >;
  readonly latent: Numbers<Pick<LatentAttention, "indexer">>;
  readonly compressed: Numbers<Pick<CompressedAttention, "window" | "pool" | "indexer">>;
  readonly delta: Readonly<Record<string, never>>;
  readonly mamba: Readonly<Record<string, never>>;
  readonly convolution: Readonly<Record<string, never>>;
  readonly parallel: Readonly<Record<string, never>>;
  readonly "shared-block": Readonly<Record<string, never>>;
  readonly cross: Readonly<Record<string, never>>;
  readonly none: Readonly<Record<string, never>>;
}

/**
 * Kinds of layer on which kernels of an attention variant were measured. Each gives the dimensions of the layer's
 * search at the variant's parameters, or undefined if the measured kernels do something else.
 */
export type MeasuredKernels<P> = {
  readonly [K in Attention["kind"]]?: (
    params: P,
    layer: Extract<Attention, { kind: K }>,
  ) => LayerSearch[K] | undefined;
};

/** The layer for the measured kernels of a variant; undefined if none were measured on its kind. */
export function measuredLayer<P>(
  attention: Attention,
  kernels: MeasuredKernels<P>,
  params: P,
): AttentionLayer | undefined {
  const searchOf = kernels[attention.kind] as
    ((params: P, layer: Attention) => object | undefined) | undefined;
  const search = searchOf?.(params, attention);
  return search && attentionLayer(attention).searching(counted(search));
}

const given = from({ title: "given in the attention spec", url: "" });

/** Counts in place of plain numbers. */
const counted = (search: object): object =>
  Object.fromEntries(
    Object.entries(search).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "number" ? given(value, "1") : counted(value as object),
    ]),
  );
