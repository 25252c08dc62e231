import { parseSpec, placedCost } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import { sumOfCosts } from "../core/cost.ts";
import type { StepCost } from "../core/cost.ts";
import type { KvDtype } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { attentionLayer } from "../hardware/layers/attention.ts";
import type { Attention, AttentionGroup } from "../hardware/layers/attention.ts";
import { layersOf, nativeOf } from "../hardware/model.ts";
import type { Model } from "../hardware/model.ts";
import { remembered } from "./remembered.ts";

/** Layers of a model with the same attention. */
export interface AttentionLayers {
  readonly layers: number;
  /** the model's own dimensions */
  readonly attention: Attention;
  /** their variant */
  readonly spec: AttentionSpec;
}

/**
 * Layers of a model that uses a variant. The model's own spec (`nativeOf`) leaves each layer with its own
 * variant. Any other variant takes the place of every layer that reaches the whole context, while windows and recurrent
 * states stay. A layer plan takes the place of all layers, at the dimensions of the first that reaches the whole context.
 *
 * @throws UsageError when the model has no layer that another variant could replace
 */
export const attentionLayers = remembered((model, spec): readonly AttentionLayers[] => {
  const own = (attention: AttentionGroup): AttentionLayers => ({
    layers: attention.layers.value,
    attention,
    spec: { ...parseSpec(attentionLayer(attention).variant), placement: spec.placement },
  });
  if (spec.base === parseSpec(nativeOf(model)).base) return model.attention.map(own);
  const first = model.attention.find((group) => attentionLayer(group).reachesAll);
  if (first === undefined)
    throw new UsageError(
      `${model.name} has no layer that reaches the whole context for ${spec.text} to stand in for; ` +
        `allowed: ${nativeOf(model)}`,
    );
  if (spec.variant.layers) return [{ layers: layersOf(model), attention: first, spec }];
  return model.attention.map((attention) =>
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
  return attentionLayers(model, spec).some(
    ({ attention, spec: used }) => used.base !== parseSpec(attentionLayer(attention).variant).base,
  );
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
    const { shape, kvHeads } = attentionLayer(attention);
    return { layers, kvHeads, cost: placedCost(used, shape(tokens, dtype)) };
  }),
);

/** Cost of a decode step for one user, in all layers of a model. */
export const modelCost = (
  model: Model,
  spec: AttentionSpec,
  tokens: number,
  dtype: KvDtype,
): Required<StepCost> =>
  sumOfCosts(layerCosts(model, spec, tokens, dtype).map(({ layers, cost }) => [layers, cost]));
