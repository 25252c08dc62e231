import { prefillCost } from "../attention/prefill-cost.ts";
import type { PrefillCost } from "../attention/prefill-cost.ts";
import { placedCost } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import type { KvDtype } from "../core/dtype.ts";
import { attentionLayer } from "../hardware/layers/attention.ts";
import { measuredLayer } from "../hardware/layers/measured.ts";
import { weightDtypeBytes } from "../hardware/kernels/dtypes.ts";
import { attentionWeights, feedForwardWeights, parametersOf } from "../hardware/parameters.ts";
import { stageGpus } from "../hardware/parallelism.ts";
import type { Deployment, LayerWork } from "../hardware/pass/deployment.ts";
import type { VariantCost } from "../hardware/pass/variant.ts";
import { kvDtypeOf } from "./division.ts";
import type { Division } from "./division.ts";
import { attentionLayers } from "./model-cost.ts";
import type { AttentionLayers } from "./model-cost.ts";

/** Costs of prefill by spec, then by layer, dtype and length: every plan of a search asks for the same. */
const remembered = new WeakMap<AttentionSpec, Map<string, PrefillCost>>();

/** The cost formulas of a variant in a layer. */
function costOf({ spec, attention }: AttentionLayers, dtype: KvDtype): VariantCost {
  const known = remembered.get(spec) ?? new Map<string, PrefillCost>();
  remembered.set(spec, known);
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
    // where the source leaves prefill dense, kernels of dense attention were measured
    ...(spec.variant.prefill !== "dense" && { prefill }),
  };
}

function workOf(group: AttentionLayers, dtype: KvDtype): LayerWork {
  const { layers, attention, spec } = group;
  const cost = costOf(group, dtype);
  const { variant, params } = spec;
  const measured = variant.kernels && measuredLayer(attention, variant.kernels, params);
  return {
    layers,
    layer: measured ?? attentionLayer(attention),
    ...(measured === undefined && { variant: cost }),
    farReadBytes: (tokens) => cost.decode(tokens).farReadBytes ?? 0,
  };
}

/** @throws UsageError where the model has no layer that the variant could stand in for */
export function deploymentOf(division: Division): Deployment {
  const { machine, model, spec, weights, parallel, overlapLinks } = division;
  const kvDtype = kvDtypeOf(division);
  const layers = attentionLayers(model, spec).map((group) => workOf(group, kvDtype));
  return { machine, model, layers, kvDtype, weights, parallel, overlapLinks };
}

/** Bytes of weights on one GPU: heads and columns are shared, routed experts are spread over the stage. */
export function weightBytesPerGpu({
  model,
  weights,
  parallel,
}: Pick<Deployment, "model" | "weights" | "parallel">): number {
  const { tp, kvp, pp } = parallel;
  const hidden = model.hidden.value;
  const attention = model.attention.reduce(
    (sum, group) => sum + group.layers.value * attentionWeights(group, hidden),
    0,
  );
  const [always, routed] = model.feedForward.reduce(
    ([columns, experts], group) => {
      const each = feedForwardWeights(group, hidden);
      return [columns + group.layers.value * each.always, experts + group.layers.value * each.routed];
    },
    [0, 0],
  );
  const columns = tp * kvp;
  return (
    ((attention / tp) * weightDtypeBytes[weights.attention] +
      (always / columns + routed / stageGpus(parallel)) * weightDtypeBytes[weights.feedForward] +
      (parametersOf(model).embeddings / columns) * weightDtypeBytes.bf16) /
    pp
  );
}
