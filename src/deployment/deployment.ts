import { prefillCost } from "../attention/prefill-cost.ts";
import type { PrefillCost } from "../attention/prefill-cost.ts";
import { placedCost } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import type { StepCost } from "../core/cost.ts";
import type { KvDtype } from "../core/dtype.ts";
import { from } from "../core/units.ts";
import type { Quantity } from "../core/units.ts";
import { shapeOf, unsearched } from "../hardware/model.ts";
import type { Attention, Model } from "../hardware/model.ts";
import type { Machine } from "../hardware/kernels/machine.ts";
import { weightDtypeBytes } from "../hardware/kernels/dtypes.ts";
import { attentionWeights, feedForwardWeights, parametersOf } from "../hardware/parameters.ts";
import { gpusOf, kvHeadsOf, stageGpus } from "../hardware/parallel.ts";
import type { Parallelism } from "../hardware/parallel.ts";
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

const given = from({ title: "given in the attention spec", url: "" });

/**
 * The layer as the operators know it, where kernels of the variant were measured on its kind of attention: the same
 * dimensions, with the variant's own parameters. Undefined where there are no such kernels.
 */
function measuredAs(attention: Attention, { variant, params }: AttentionSpec): Attention | undefined {
  const count = (name: string): Quantity<"1"> => given(Number(params[name]), "1");
  switch (attention.kind) {
    case "grouped-query": {
      const all = unsearched(attention);
      if (variant.name === "dense") return all;
      if (variant.name === "sink-window")
        return { ...all, window: given(Number(params["sinks"]) + Number(params["window"]), "1") };
      if (variant.name !== "msa") return undefined;
      return {
        ...all,
        blocks: {
          indexHeads: all.kvHeads,
          indexDim: count("indexDim"),
          block: count("block"),
          read: count("k"),
        },
      };
    }
    case "latent": {
      const all = unsearched(attention);
      const { latent, rope } = all;
      if (variant.name === "dense") return all;
      if (variant.name === "mla")
        return params["latent"] === latent.value && params["rope"] === rope.value ? all : undefined;
      const indexer = { heads: count("indexHeads"), headDim: count("indexDim"), read: count("k") };
      if (variant.name === "dsa") return { ...all, indexer };
      if (variant.name !== "index-share") return undefined;
      return { ...all, indexer: { ...indexer, period: count("period") } };
    }
    case "compressed": {
      const all = unsearched(attention);
      if (variant.name === "sink-window") return { ...all, window: count("window") };
      const pooled = { ...all, pool: count("pool"), window: count("window") };
      if (variant.name === "hca") return pooled;
      if (variant.name !== "csa") return undefined;
      return {
        ...pooled,
        indexer: { heads: count("indexHeads"), headDim: count("indexDim"), read: count("k") },
      };
    }
    case "delta":
      return variant.name === attention.rule ? attention : undefined;
  }
}

/** Costs of prefill by spec, then by layer, dtype and length: every plan of a search asks for the same. */
const remembered = new WeakMap<AttentionSpec, Map<string, PrefillCost>>();

/** The cost formulas of a variant in a layer. */
function costOf({ spec, attention }: AttentionLayers, dtype: KvDtype): VariantCost {
  const known = remembered.get(spec) ?? new Map<string, PrefillCost>();
  remembered.set(spec, known);
  const prefill = (tokens: number): PrefillCost => {
    const length = Math.round(tokens);
    if (length === 0) return { flops: 0, exponentials: 0 };
    const shape = shapeOf(attention, length, dtype);
    const key = JSON.stringify(shape);
    const cost = known.get(key) ?? prefillCost(spec.variant, shape, spec.params);
    known.set(key, cost);
    return cost;
  };
  return {
    decode: (tokens) => placedCost(spec, shapeOf(attention, Math.max(1, Math.round(tokens)), dtype)),
    // where the source leaves prefill dense, kernels of dense attention were measured
    ...(spec.variant.prefill !== "dense" && { prefill }),
  };
}

function workOf(group: AttentionLayers, dtype: KvDtype): LayerWork {
  const { layers, attention, spec } = group;
  const cost = costOf(group, dtype);
  const measured = measuredAs(attention, spec);
  return {
    layers,
    attention: measured ?? attention,
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
    const cost: StepCost = placedCost(spec, shapeOf(attention, Math.max(1, Math.round(tokens)), kvDtype));
    const { keptBytes, farKeptBytes = 0, indexKeptBytes, stateBytes = 0 } = cost;
    // GPUs that share heads each keep a record that is one for all heads
    const copies = tp / Math.min(tp, kvHeadsOf(attention));
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
