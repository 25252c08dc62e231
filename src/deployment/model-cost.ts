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

/** Layers of a model that attend alike. */
export interface AttentionLayers {
  readonly layers: number;
  /** the model's own dimensions */
  readonly attention: Attention;
  /** what they attend with */
  readonly spec: AttentionSpec;
}

/**
 * What a model's layers attend with when it is asked to use a variant. Its own spec (`nativeOf`) leaves each layer
 * with its own; any other variant takes the place of every layer that reaches the whole context, while windows and
 * recurrent states stay what they are; a layer plan takes the place of all layers, at the dimensions of the first
 * that reaches the whole context.
 *
 * @throws UsageError where the model has no layer that another variant could stand in for
 */
export function attentionLayers(model: Model, spec: AttentionSpec): AttentionLayers[] {
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
}

/** Cost of a decode step for one user, in all layers of a model. */
export const modelCost = (
  model: Model,
  spec: AttentionSpec,
  tokens: number,
  dtype: KvDtype,
): Required<StepCost> =>
  sumOfCosts(
    attentionLayers(model, spec).map(({ layers, attention, spec: used }) => [
      layers,
      placedCost(used, attentionLayer(attention).shape(tokens, dtype)),
    ]),
  );
