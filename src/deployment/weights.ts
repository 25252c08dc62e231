import { weightDtypeBytes } from "../hardware/kernels/dtypes.ts";
import type { Model } from "../hardware/model.ts";
import { stageGpus } from "../hardware/parallelism.ts";
import { attentionWeights, feedForwardWeights, parametersOf } from "../hardware/parameters.ts";
import type { Division } from "./division.ts";

/** Numbers of a model's weights, grouped by the way that GPUs share them. */
interface WeightCounts {
  readonly attention: number;
  /** dense feed-forward layers, shared experts and routers */
  readonly dense: number;
  readonly routed: number;
  readonly embeddings: number;
}

const counted = new WeakMap<Model, WeightCounts>();

function countsOf(model: Model): WeightCounts {
  const known = counted.get(model);
  if (known !== undefined) return known;
  const hidden = model.hidden.value;
  const counts = { attention: 0, dense: 0, routed: 0, embeddings: parametersOf(model).embeddings };
  for (const group of model.attention)
    counts.attention += group.layers.value * attentionWeights(group, hidden);
  for (const group of model.feedForward) {
    const each = feedForwardWeights(group, hidden);
    counts.dense += group.layers.value * each.always;
    counts.routed += group.layers.value * each.routed;
  }
  counted.set(model, counts);
  return counts;
}

/**
 * Bytes of weights on one GPU. Heads are split among the GPUs that share them (tp), columns of dense layers among those
 * that have the same tokens (tp x kvp), routed experts among all of a stage, layers among stages.
 */
export function weightBytesPerGpu({
  model,
  weights,
  parallel,
}: Pick<Division, "model" | "weights" | "parallel">): number {
  const { tp, kvp, pp } = parallel;
  const { attention, dense, routed, embeddings } = countsOf(model);
  const columns = tp * kvp;
  return (
    ((attention / tp) * weightDtypeBytes[weights.attention] +
      (dense / columns + routed / stageGpus(parallel)) * weightDtypeBytes[weights.feedForward] +
      (embeddings / columns) * weightDtypeBytes.bf16) /
    pp
  );
}
