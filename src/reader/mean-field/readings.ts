import { layerOfStep } from "../../attention/layers.ts";
import type { Layer, AnyVariant } from "../../attention/variant.ts";
import type { ShapingUse } from "../../attention/shaping.ts";
import type { Crowd } from "../../attention/mean-field/crowd.ts";
import { readsAll } from "../../attention/mean-field/reads.ts";
import type { MeanFieldRead } from "../../attention/mean-field/reads.ts";
import type { Queries } from "../../attention/cache.ts";
import type { AnyParams } from "../../core/params.ts";
import { flat, tensor } from "../../core/tensor.ts";

/** A variant with all that theory must know of it. */
export interface TheoryUse {
  readonly variant: AnyVariant;
  readonly params: AnyParams;
  readonly shaping: ShapingUse;
}

/** Which query asks. */
export interface Moment {
  readonly phase: Queries["phase"];
  /** of the reader's attention steps, from 0 */
  readonly step: number;
}

/** What a head's query reads, and the logit of a sink beside it. */
export interface HeadTheory {
  readonly crowd: Crowd;
  readonly readings: readonly MeanFieldRead[];
  readonly sinkLogit?: number | undefined;
}

/** Why there is no mean-field theory of a variant so set; undefined where there is one. */
export function withoutTheory({ variant, shaping }: TheoryUse): string | undefined {
  if (shapedBy(shaping, 2).rule) return `${shaping.text}: weights by another rule than a softmax`;
  if (variant.layers) return variant.layers.map(withoutTheory).find((reason) => reason !== undefined);
  if (variant.prefill !== "only" && variant.meanField === undefined)
    return `${variant.name}: ${variant.noMeanField ?? "none is worked out"}`;
  return undefined;
}

/** What a shaping makes of a query's scale at a length, found by shaping a query of one number. */
function shapedBy({ shaping, params }: ShapingUse, tokens: number): Queries & { readonly factor: number } {
  const one = tensor(new Float32Array([1]), [1, 1]);
  const queries: Queries = {
    ...{ heads: [one], count: 1, group: 1, positions: Int32Array.of(tokens - 1), scale: 1, phase: "decode" },
  };
  const shaped = shaping.shape(queries, params);
  return { ...shaped, factor: flat(shaped.heads[0]!)[0]! * shaped.scale };
}

/**
 * What the query of a crowd reads in each kv head.
 *
 * @throws Error where `withoutTheory` says so
 */
export function readingsOf(use: TheoryUse, crowd: Crowd, { phase, step }: Moment): readonly HeadTheory[] {
  const { factor, sinkLogit } = shapedBy(use.shaping, crowd.tokens);
  const shaped = { ...crowd, sharpness: crowd.sharpness * factor };
  const { variant } = use;
  const heads = Array.from({ length: crowd.kvHeads }, (_, h) => h);
  if (variant.layers) {
    const l = layerOfStep(variant.layers, step);
    if (l === undefined) return heads.map(() => ({ crowd: shaped, readings: [] }));
    const layer: Layer = variant.layers[l]!;
    return readingsOf(layer, shaped, { phase, step });
  }
  if (variant.prefill === "only" && phase === "prefill")
    throw new Error(`${variant.name} has no theory of prefill`);
  const isDense = variant.prefill === "only" || (variant.prefill === "dense" && phase === "prefill");
  const all: readonly MeanFieldRead[] = isDense ? [readsAll(shaped)] : theoryOf(variant, shaped, use.params);
  return heads.map((h) => {
    const readings = all.filter(({ heads: [from, to] = [0, Infinity] }) => h >= from && h < to);
    return { crowd: shaped, readings, sinkLogit };
  });
}

/** How many crowds of one variant are remembered; trials of one length have many in common. */
const remembered = 1024;

const known = new WeakMap<AnyVariant, Map<string, readonly MeanFieldRead[]>>();

function theoryOf(variant: AnyVariant, crowd: Crowd, params: AnyParams): readonly MeanFieldRead[] {
  if (variant.meanField === undefined) throw new Error(`${variant.name} has no theory`);
  const own = known.get(variant) ?? new Map<string, readonly MeanFieldRead[]>();
  known.set(variant, own);
  const key = JSON.stringify([crowd, params]);
  const readings = own.get(key) ?? variant.meanField(crowd, params);
  if (own.size >= remembered) own.clear();
  own.set(key, readings);
  return readings;
}
