import { prefillCost } from "../attention/prefill-cost.ts";
import type { PrefillCost } from "../attention/prefill-cost.ts";
import { placedCost } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import type { KvDtype } from "../core/dtype.ts";
import { attentionLayer } from "../hardware/layers/attention.ts";
import type { Attention } from "../hardware/layers/attention.ts";
import { measuredLayer } from "../hardware/layers/measured.ts";
import type { Deployment, LayerWork } from "../hardware/pass/deployment.ts";
import type { VariantCost } from "../hardware/pass/variant.ts";
import { kvDtypeOf } from "./division.ts";
import type { Division } from "./division.ts";
import { attentionLayers } from "./model-cost.ts";
import type { AttentionLayers } from "./model-cost.ts";
import { remembered } from "./remembered.ts";

/** Costs of prefill by spec, layer, dtype and length. Every division of a search asks for the same costs. */
const prefillCosts = new WeakMap<AttentionSpec, Map<string, PrefillCost>>();

/** The cost formulas of a variant in a layer. */
function costOf(spec: AttentionSpec, attention: Attention, dtype: KvDtype): VariantCost {
  const known = prefillCosts.get(spec) ?? new Map<string, PrefillCost>();
  prefillCosts.set(spec, known);
  const { shape: shapeOf } = attentionLayer(attention);
  const prefill = (tokens: number): PrefillCost => {
    const length = Math.round(tokens);
    if (length === 0) return { flops: 0, exponentials: 0 };
    const shape = shapeOf(length, dtype);
    const key = JSON.stringify(shape);
    const cost = known.get(key) ?? prefillCost(spec.variant, shape, spec.params);
    known.set(key, cost);
    return cost;
  };
  return {
    decode: (tokens) => placedCost(spec, shapeOf(Math.max(1, Math.round(tokens)), dtype)),
    // a variant with dense prefill uses the measured kernels of dense attention
    ...(spec.variant.prefill !== "dense" && { prefill }),
  };
}

function workOf({ layers, attention, spec }: AttentionLayers, dtype: KvDtype): LayerWork {
  if (spec === undefined) return { layers, layer: attentionLayer(attention), farReadBytes: () => 0 };
  const cost = costOf(spec, attention, dtype);
  const { variant, params } = spec;
  const measured = variant.kernels && measuredLayer(attention, variant.kernels, params);
  return {
    layers,
    layer: measured ?? attentionLayer(attention),
    ...(measured === undefined && { variant: cost }),
    farReadBytes: (tokens) => cost.decode(tokens).farReadBytes ?? 0,
  };
}

const workOfLayers = remembered((model, spec, dtype: KvDtype): readonly LayerWork[] =>
  attentionLayers(model, spec).map((group) => workOf(group, dtype)),
);

/** A division in the form of the pass. @throws UsageError when the model has no layer that the variant could replace */
export function deploymentOf(division: Division): Deployment {
  const { machine, model, spec, weights, parallel, overlapLinks, routing } = division;
  const kvDtype = kvDtypeOf(division);
  const layers = workOfLayers(model, spec, kvDtype);
  return { machine, model, layers, kvDtype, weights, parallel, overlapLinks, routing };
}
