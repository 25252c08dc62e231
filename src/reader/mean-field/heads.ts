import type { VariantUse } from "../../attention/variant.ts";
import { layerOfStep } from "../../attention/layers.ts";
import { kinOf } from "../../attention/mean-field/crowd.ts";
import type { Crowd, Like } from "../../attention/mean-field/crowd.ts";
import { readsAll } from "../../attention/mean-field/reads.ts";
import type { MeanFieldRead } from "../../attention/mean-field/reads.ts";
import type { ShapingUse } from "../../attention/shaping.ts";
import type { Queries } from "../../attention/cache.ts";
import type { AnyVariant } from "../../attention/variant.ts";
import type { AnyParams } from "../../core/params.ts";
import { flat, tensor } from "../../core/tensor.ts";

/** When a query asks. */
export interface Moment {
  readonly phase: Queries["phase"];
  /** which of the reader's attention steps it is, from 0 */
  readonly step: number;
}

/** Reads that a query makes in one kv head, which share its output by their gates. */
export interface HeadReads {
  /** what the query sees there */
  readonly crowd: Crowd;
  readonly kin: readonly Required<Like>[];
  readonly reads: readonly MeanFieldRead[];
  /** logit of a sink that every softmax also weighs */
  readonly sinkLogit?: number | undefined;
}

/** The reason why a variant with these settings has no mean field; undefined where it has one. */
export function whyNoMeanField({ variant, shaping }: VariantUse): string | undefined {
  if (shapedBy(shaping, 2).rule) return `${shaping.text}: weights by another rule than a softmax`;
  if (variant.layers) return variant.layers.map(whyNoMeanField).find((reason) => reason !== undefined);
  if (variant.prefill !== "only" && variant.meanField === undefined)
    return `${variant.name}: ${variant.noMeanField ?? "none is worked out"}`;
  return undefined;
}

const one = tensor(new Float32Array([1]), [1, 1]);

/** Effect of a shaping on a query's scale at a length, found by shaping a query of one number. */
function shapedBy({ shaping, params }: ShapingUse, tokens: number): Queries & { readonly factor: number } {
  const queries: Queries = {
    heads: [one],
    count: 1,
    group: 1,
    positions: Int32Array.of(tokens - 1),
    scale: 1,
    phase: "decode",
  };
  const shaped = shaping.shape(queries, params);
  return { ...shaped, factor: flat(shaped.heads[0]!)[0]! * shaped.scale };
}

/**
 * Reads of a query in each kv head.
 *
 * @param crowd what the query sees, before its logits are shaped
 * @throws Error for a variant that `whyNoMeanField` gives a reason for
 */
export function headReads(use: VariantUse, crowd: Crowd, { phase, step }: Moment): readonly HeadReads[] {
  const { variant } = use;
  const { factor, sinkLogit } = shapedBy(use.shaping, crowd.tokens);
  const shaped = { ...crowd, sharpness: crowd.sharpness * factor };
  const kin = kinOf(shaped);
  const everyHead = (head: HeadReads): readonly HeadReads[] => Array<HeadReads>(crowd.kvHeads).fill(head);
  if (variant.layers) {
    const l = layerOfStep(variant.layers, step);
    if (l === undefined) return everyHead({ crowd: shaped, kin, reads: [] });
    return headReads(variant.layers[l]!, shaped, { phase, step });
  }
  if (variant.prefill === "only" && phase === "prefill")
    throw new Error(`${variant.name} has no mean field of prefill`);
  const isDense = variant.prefill === "only" || (variant.prefill === "dense" && phase === "prefill");
  const reads: readonly MeanFieldRead[] = isDense ? [readsAll(shaped)] : readsOf(variant, shaped, use.params);
  const all = { crowd: shaped, kin, reads, sinkLogit };
  if (reads.every(({ heads }) => heads === undefined)) return everyHead(all);
  return everyHead(all).map((head, h) => ({
    ...head,
    reads: reads.filter(({ heads: [from, to] = [0, Infinity] }) => h >= from && h < to),
  }));
}

/** Crowds of one variant that are remembered: trials of one length have many in common. */
const rememberedCrowds = 1024;

/** Reads of the crowds that a variant has seen with some parameters, by the crowd's tokens. */
class RememberedReads {
  readonly #known = new Map<number, { readonly crowd: Crowd; readonly reads: readonly MeanFieldRead[] }[]>();
  #count = 0;

  /** The reads of a crowd, which are made if it is new. */
  of(crowd: Crowd, make: () => readonly MeanFieldRead[]): readonly MeanFieldRead[] {
    const known = this.#known.get(crowd.tokens)?.find((each) => isSame(each.crowd, crowd));
    if (known) return known.reads;
    const reads = make();
    if (++this.#count > rememberedCrowds) {
      this.#known.clear();
      this.#count = 1;
    }
    const beside = this.#known.get(crowd.tokens) ?? [];
    this.#known.set(crowd.tokens, beside);
    beside.push({ crowd, reads });
    return reads;
  }
}

const remembered = new WeakMap<AnyVariant, WeakMap<AnyParams, RememberedReads>>();

function readsOf(variant: AnyVariant, crowd: Crowd, params: AnyParams): readonly MeanFieldRead[] {
  if (variant.meanField === undefined) throw new Error(`${variant.name} has no mean field`);
  const own = remembered.get(variant) ?? new WeakMap<AnyParams, RememberedReads>();
  remembered.set(variant, own);
  const reads = own.get(params) ?? new RememberedReads();
  own.set(params, reads);
  return reads.of(crowd, () => variant.meanField!(crowd, params));
}

/** Whether two values have the same numbers, in objects and arrays of the same form. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return Object.is(one, other);
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => isSame(one[name as keyof typeof one], other[name as keyof typeof other]));
}
