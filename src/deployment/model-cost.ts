import { parseSpec, placedCost } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import { sumOfCosts } from "../core/cost.ts";
import type { StepCost } from "../core/cost.ts";
import type { KvDtype } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { attentionLayer } from "../hardware/layers/attention.ts";
import type { Attention, AttentionGroup } from "../hardware/layers/attention.ts";
import type { AttentionLayer } from "../hardware/layers/layer.ts";
import { attendingOf, nativeOf } from "../hardware/model.ts";
import type { Model } from "../hardware/model.ts";
import { remembered } from "./remembered.ts";

/** Layers of a model with the same attention. */
export interface AttentionLayers {
  readonly layers: number;
  /** the model's own dimensions */
  readonly attention: Attention;
  /** their variant; none for layers that mix at most a few neighbouring tokens */
  readonly spec?: AttentionSpec;
}

/**
 * Layers of a model that uses a variant. The model's own spec (`nativeOf`) leaves each layer with its own
 * variant. Any other variant takes the place of every layer that reaches the whole context, while windows and recurrent
 * states stay. A layer plan takes the place of all layers, at the dimensions of the first that reaches the whole context.
 * Layers without attention are left out.
 *
 * @throws UsageError when the model has no layer that another variant could replace
 */
export const attentionLayers = remembered((model, spec): readonly AttentionLayers[] => {
  const own = (attention: AttentionGroup): AttentionLayers => {
    const { variant } = attentionLayer(attention);
    const used = variant === undefined ? undefined : { ...parseSpec(variant), placement: spec.placement };
    return { layers: attention.layers.value, attention, ...(used && { spec: used }) };
  };
  const attending = attendingOf(model);
  if (spec.base === parseSpec(nativeOf(model)).base) return attending.map(own);
  const first = attending.find((group) => attentionLayer(group).reachesAll);
  if (first === undefined)
    throw new UsageError(
      `${model.name} has no layer that reaches the whole context for ${spec.text} to stand in for; ` +
        `allowed: ${nativeOf(model)}`,
    );
  if (spec.variant.layers)
    return [{ layers: attending.reduce((sum, { layers }) => sum + layers.value, 0), attention: first, spec }];
  return attending.map((attention) =>
    attentionLayer(attention).reachesAll
      ? { layers: attention.layers.value, attention, spec }
      : own(attention),
  );
});

/**
 * Whether a spec names a model's own attention, or changes some of it. Dense attention changes nothing in a hybrid whose
 * other layers are windows and recurrent states.
 */
export function hasEffect(model: Model, spec: AttentionSpec): boolean {
  const modified =
    spec.kvDtype ?? spec.logitShaping ?? (spec.placement.placement.name === "hbm" ? undefined : 1);
  if (modified !== undefined || spec.variant.layers) return true;
  if (spec.base === parseSpec(nativeOf(model)).base) return true;
  return attentionLayers(model, spec).some(({ attention, spec: used }) => {
    const { variant } = attentionLayer(attention);
    return used !== undefined && variant !== undefined && used.base !== parseSpec(variant).base;
  });
}

/** Cost of a decode step for one user, in one layer of a kind. */
export interface LayerCost {
  readonly layers: number;
  /** heads of the cache; 1 if all heads share one record */
  readonly kvHeads: number;
  readonly cost: StepCost;
}

/** Costs of a decode step for one user, by kind of layer. */
export const layerCosts = remembered((model, spec, tokens: number, dtype: KvDtype): readonly LayerCost[] =>
  attentionLayers(model, spec).map(({ layers, attention, spec: used }) => {
    const layer = attentionLayer(attention);
    const shape = layer.shape(tokens, dtype);
    const cost = used ? placedCost(used, shape) : nothing;
    const isOwn =
      used !== undefined && layer.variant !== undefined && used.base === parseSpec(layer.variant).base;
    return {
      layers,
      kvHeads: layer.kvHeads,
      cost: keptBy(layer, layer.own ? layer.own(cost, shape, isOwn) : cost),
    };
  }),
);

const nothing: StepCost = {
  flops: 0,
  exponentials: 0,
  keptBytes: 0,
  indexKeptBytes: 0,
  kvReadBytes: 0,
  indexReadBytes: 0,
};

/** Cost of a layer's variant with what the layer keeps beside it. */
function keptBy({ fixed }: AttentionLayer, cost: StepCost): StepCost {
  if (fixed === undefined) return cost;
  const { state, convolution } = fixed;
  return {
    ...cost,
    stateBytes: (cost.stateBytes ?? 0) + state + convolution,
    convolutionBytes: convolution,
  };
}

/** Cost of a decode step for one user, in all layers of a model. */
export const modelCost = (
  model: Model,
  spec: AttentionSpec,
  tokens: number,
  dtype: KvDtype,
): Required<StepCost> =>
  sumOfCosts(layerCosts(model, spec, tokens, dtype).map(({ layers, cost }) => [layers, cost]));
