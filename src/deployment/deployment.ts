import { prefillCost } from "../attention/prefill-cost.ts";
import type { PrefillCost } from "../attention/prefill-cost.ts";
import { placedCost } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import type { StepCost } from "../core/cost.ts";
import type { KvDtype } from "../core/dtype.ts";
import { attentionLayer } from "../hardware/layers/attention.ts";
import { measuredLayer } from "../hardware/layers/measured.ts";
import type { Model } from "../hardware/model.ts";
import type { Machine } from "../hardware/kernels/machine.ts";
import { weightDtypeBytes } from "../hardware/kernels/dtypes.ts";
import { attentionWeights, feedForwardWeights, parametersOf } from "../hardware/parameters.ts";
import { gpusOf, stageGpus } from "../hardware/parallelism.ts";
import type { Parallelism } from "../hardware/parallelism.ts";
import { plannedHbm } from "../hardware/memory.ts";
import { hostBandwidth } from "../hardware/system.ts";
import type { System } from "../hardware/system.ts";
import type { Replica } from "../hardware/serving/replica.ts";
import { draftTime, passOf } from "../hardware/pass/pass.ts";
import type { Deployment, LayerWork, Weights } from "../hardware/pass/deployment.ts";
import type { VariantCost } from "../hardware/pass/variant.ts";
import { attentionLayers } from "./model-cost.ts";
import type { AttentionLayers } from "./model-cost.ts";

/** What to run on what. */
export interface DeploymentAsked {
  readonly machine: Machine;
  readonly model: Model;
  /** of the model's attention layers */
  readonly spec: AttentionSpec;
  /** of K and V, where the spec does not say */
  readonly kvDtype: KvDtype;
  readonly weights: Weights;
  readonly parallel: Parallelism;
  readonly overlapLinks: boolean;
}

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
export function deploymentOf(asked: DeploymentAsked): Deployment {
  const { machine, model, spec, weights, parallel, overlapLinks } = asked;
  const kvDtype = spec.kvDtype ?? asked.kvDtype;
  const layers = attentionLayers(model, spec).map((group) => workOf(group, kvDtype));
  return { machine, model, layers, kvDtype, weights, parallel, overlapLinks };
}

/** Bytes of weights on one GPU: heads and columns are shared, routed experts are spread over the stage. */
export function weightBytesPerGpu({ model, weights, parallel }: Deployment): number {
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

/** Bytes of HBM that one sequence's caches take, all copies of them counted. */
function sequenceBytes(asked: DeploymentAsked, kvDtype: KvDtype, tokens: number): number {
  const { tp } = asked.parallel;
  return attentionLayers(asked.model, asked.spec).reduce((sum, { layers, attention, spec }) => {
    const layer = attentionLayer(attention);
    const cost: StepCost = placedCost(spec, layer.shape(Math.max(1, Math.round(tokens)), kvDtype));
    const { keptBytes, farKeptBytes = 0, indexKeptBytes, stateBytes = 0 } = cost;
    // GPUs that share heads each keep a record that is one for all heads
    const copies = tp / Math.min(tp, layer.kvHeads);
    return sum + layers * ((keptBytes - farKeptBytes) * copies + indexKeptBytes * tp + stateBytes);
  }, 0);
}

/** A deployment as serving sees it. @throws UsageError where the model has no layer for the variant */
export function replicaOf(asked: DeploymentAsked): Replica {
  const deployment = deploymentOf(asked);
  const { machine, parallel, kvDtype } = deployment;
  const { system } = machine;
  const gpus = gpusOf(parallel);
  return {
    gpus,
    groups: parallel.dp * parallel.pp,
    stepSeconds: (parts) => passOf(deployment, parts).time.seconds,
    draftSeconds: (sequences, cachedTokens) => draftTime(deployment, sequences, cachedTokens).seconds,
    kvBytes: (tokens) => (tokens < 1 ? 0 : sequenceBytes(asked, kvDtype, tokens)),
    kvCapacity: gpus * (plannedHbm(system) - weightBytesPerGpu(deployment)),
    loadBandwidth: system.host ? gpus * hostBandwidth(system) : Infinity,
    // two replicas in one NVLink domain, or the network
    transferBandwidth:
      2 * gpus <= system.gpus.value ? gpus * linkOf(system, "nvlink") : gpus * linkOf(system, "nic"),
  };
}

const linkOf = (system: System, link: "nvlink" | "nic"): number => system.gpu[link]?.value ?? Infinity;
