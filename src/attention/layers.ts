import { meanOfCosts } from "../core/cost.ts";
import type { StepCost } from "../core/cost.ts";
import type { Entry } from "../core/entry.ts";
import { resolveParams } from "../core/params.ts";
import { formatCall } from "../core/spec.ts";
import { zeros } from "../core/tensor.ts";
import { attender } from "./attender.ts";
import type { Attend } from "./attender.ts";
import type { Queries } from "./cache.ts";
import { namedDepartures } from "./departures.ts";
import { hbm } from "./placements/hbm.ts";
import { contextQueryCost } from "./prefill-cost.ts";
import type { AttentionResult } from "./read.ts";
import type { ShapingUse } from "./shaping.ts";
import { none } from "./shapings/none.ts";
import type { AnyVariant, Layer, Modification } from "./variant.ts";

/** Makes a layer of a plan in code. Parameters that are not given have their defaults. */
export function layer(
  variant: AnyVariant,
  given: Readonly<Record<string, number | boolean | string>> = {},
  shaping: ShapingUse = { shaping: none, params: {}, text: none.name },
): Layer {
  const params = resolveParams(variant.name, variant.params, given);
  const modifiers = shaping.shaping === none ? [] : [shaping.text];
  return {
    variant,
    params,
    shaping,
    placement: { placement: hbm, params: {} },
    resolved: formatCall(variant.name, params, modifiers),
  };
}

/** The same layers, `times` times. */
export const repeat = (times: number, layers: readonly Layer[]): Layer[] =>
  Array.from({ length: times }, () => layers).flat();

/** Families whose layers do not reach the whole context. */
const local: readonly AnyVariant["family"][] = ["static", "recurrent"];

/**
 * The layer on which the reader's step s runs. A model learns to search the context in layers that reach all of it. So
 * steps take these layers one after another, and then the layers after the last of them. In a plan of local layers
 * alone, step s takes layer s.
 *
 * One layer does one step, as in k-hop induction with a constructed reader: Sanford, Hsu and Telgarsky 2024,
 * "Transformers, parallel computation, and logarithmic depth", arXiv 2402.09268. L layers without shared work compose
 * no more than L steps.
 *
 * @returns its index; undefined if the plan has no layer left
 */
export function layerOfStep(layers: readonly Layer[], step: number): number | undefined {
  const all = [...layers.keys()];
  const reaching = all.filter((l) => !local.includes(layers[l]!.variant.family));
  const after = reaching.length === 0 ? all : all.slice(reaching.at(-1)! + 1);
  return [...reaching, ...after][step];
}

/**
 * A layer plan as a variant. Each of the reader's steps attends with the layer that the plan gives it; the cost is the
 * mean of the layers' costs. A step without a layer has the output 0.
 */
export function composeLayers(entry: Entry, layers: readonly Layer[]): AnyVariant {
  const meanOf = (costOf: (layer: Layer) => StepCost): StepCost => meanOfCosts(layers.map(costOf));
  const odd = layers.find(({ variant, shaping }) => variant.notConvex ?? shaping.shaping.notConvex);
  const refuses = Object.fromEntries(
    (["kvDtype", "logitShaping", "placement"] satisfies Modification[]).flatMap((what) => {
      const reasons = layers.map(({ variant }) => variant.refuses?.[what]);
      return reasons.every((reason) => reason !== undefined) ? [[what, reasons[0]!]] : [];
    }),
  );
  const parts = new Set<Entry>(layers.flatMap(({ variant, shaping }) => [variant, shaping.shaping]));
  return {
    ...entry,
    differs: [
      ...(entry.differs ?? []),
      "Each step of the reader attends with one layer of the plan; a model runs them all.",
      ...namedDepartures(parts),
    ],
    family: "hybrid",
    formula: `attention of step s on the layer that the plan gives it: ${planText(layers)}`,
    params: {},
    small: {},
    prefill: "same",
    layers,
    refuses,
    ...(layers.some(({ variant, shaping }) => variant.sinks ?? shaping.shaping.sinks) && { sinks: true }),
    ...(odd && {
      notConvex: `${odd.variant.name}: ${(odd.variant.notConvex ?? odd.shaping.shaping.notConvex)!}`,
    }),
    prepare(cache, _params, ops) {
      const attends = new Map<string, Attend>();
      return (layer: Layer): Attend => {
        const made = attends.get(layer.resolved) ?? attender(layer, cache, ops);
        attends.set(layer.resolved, made);
        return made;
      };
    },
    attend({ queries, index }) {
      const l = layerOfStep(layers, queries.step ?? 0);
      return l === undefined ? nothing(queries) : (index as (layer: Layer) => Attend)(layers[l]!)(queries);
    },
    cost: (shape) =>
      meanOf(({ variant, params, placement }) =>
        placement.placement.place(variant.cost(shape, params), placement.params),
      ),
    prefillCost: (shape) => meanOf(({ variant, params }) => contextQueryCost(variant, shape, params)),
  };
}

/** A plan in words: `52 x local(window=1024), 10 x dense`. */
const planText = (layers: readonly Layer[]): string =>
  [...new Set(layers.map(({ resolved }) => resolved))]
    .map((resolved) => `${layers.filter((layer) => layer.resolved === resolved).length} x ${resolved}`)
    .join(", ");

/** Result of a step without a layer. */
const nothing = ({ heads }: Queries): AttentionResult => ({
  heads: heads.map((rows) => ({
    output: zeros(...(rows.shape as [number, number])),
    tokensRead: () => 0,
    reads: () => false,
    weights: (_row, tokens) => new Float64Array(tokens.length),
    entropy: () => 0,
  })),
});
