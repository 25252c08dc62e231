import { heldExperts } from "../hardware/kernels/routing.ts";
import { feedForwardLayer } from "../hardware/layers/feed-forward.ts";
import type { Count } from "../hardware/layers/layer.ts";
import type { Model } from "../hardware/model.ts";
import { attendingOf, feedingOf, layersOf } from "../hardware/model.ts";
import { columnsOf, gpusOf, stageGpus } from "../hardware/parallelism.ts";
import type { Parallelism } from "../hardware/parallelism.ts";
import { weightCounts } from "../hardware/parameters.ts";
import type { WeightCounts } from "../hardware/parameters.ts";
import { stageLayers } from "../hardware/pass/stages.ts";
import { draftWeights } from "../hardware/weights/drafts.ts";
import { weightPartNames } from "../hardware/weights/parts.ts";
import type { WeightPart } from "../hardware/weights/parts.ts";
import type { Division } from "./division.ts";

const alone = (): number => 1;

/** GPUs of a stage that share each part; the others keep copies. */
const sharers: Readonly<Record<WeightPart, (parallel: Parallelism) => number>> = {
  attention: ({ tp }) => tp,
  experts: stageGpus,
  shared: columnsOf,
  dense: columnsOf,
  embeddings: columnsOf,
  router: alone,
  norms: alone,
};

/** GPUs of a stage that share a part; the others keep copies. */
export const sharersOf = (part: WeightPart, parallel: Parallelism): number => sharers[part](parallel);

/** Experts of a layer that GPUs hold for each expert that the model has: more than 1 if busy ones are held twice. */
function copiesOf({ model, routing, parallel }: Pick<Division, "model" | "routing" | "parallel">): number {
  const experts = Math.max(0, ...model.feedForward.map((group) => feedForwardLayer(group).experts));
  return experts === 0 ? 1 : heldExperts(experts, parallel.ep, routing) / experts;
}

/**
 * Bytes of weights on one GPU, by part. Heads are split among the GPUs that share them (tp), columns of dense layers among
 * those that have the same tokens (tp x kvp), routed experts among all of a stage, layers among stages. Routers and norms
 * are whole on every GPU.
 */
export const weightBytesByPart = (
  division: Pick<Division, "model" | "weights" | "parallel" | "routing">,
): ReadonlyMap<WeightPart, number> => bytesOf(division, countsOf(division.model));

/** Bytes of weights on one GPU. */
export const weightBytesPerGpu = (
  division: Pick<Division, "model" | "weights" | "parallel" | "routing">,
): number => sumOf(weightBytesByPart(division));

/**
 * HBM of a division's GPUs that weights leave for caches, B; negative if the weights do not fit. Stages hold caches in
 * proportion to their layers, so that the stage with the least room for its share limits all. The first stage has the
 * embeddings and the last one the output head.
 *
 * @param bytes of each GPU for weights and caches
 */
export function leftByWeights(division: Division, bytes: number): number {
  const { model, weights, parallel } = division;
  const { pp } = parallel;
  const gpus = gpusOf(parallel);
  const parts = weightBytesByPart(division);
  if (pp === 1) return gpus * (bytes - sumOf(parts));
  const stages = stageLayers(layersOf(model), pp);
  const embedding =
    (model.vocabulary.value * model.hidden.value * weights.embeddings.bytes) /
    sharersOf("embeddings", parallel);
  const layers = sumOf(parts) - parts.get("embeddings")!;
  const least = stages.map((count, s) => {
    // of a mean stage
    const share = (count * pp) / layersOf(model);
    const left = bytes - share * layers - (s === 0 || s === pp - 1 ? embedding : 0);
    return left > 0 ? left / share : left;
  });
  return gpus * Math.min(...least);
}

const sumOf = (parts: ReadonlyMap<WeightPart, number>): number =>
  [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);

function bytesOf(
  division: Pick<Division, "model" | "weights" | "parallel" | "routing">,
  counts: WeightCounts,
): ReadonlyMap<WeightPart, number> {
  const { weights, parallel } = division;
  return new Map(
    weightPartNames.map((part) => {
      const copies = part === "experts" ? copiesOf(division) : 1;
      const bytes = copies * counts[part] * weights[part].bytes;
      return [part, bytes / sharersOf(part, parallel) / parallel.pp];
    }),
  );
}

/** Weights of a multi-token-prediction layer by part: a layer like the last one, and its two inputs' projection. */
function draftCounts(model: Model): WeightCounts {
  const hidden = model.hidden.value;
  const one = <G extends { readonly layers: Count }>(group: G): G => ({
    ...group,
    layers: { ...group.layers, value: 1 },
  });
  const last = weightCounts({
    ...model,
    attention: [one(attendingOf(model).at(-1)!)],
    feedForward: [one(feedingOf(model).at(-1)!)],
  });
  return { ...last, norms: last.norms + 2 * hidden * hidden, embeddings: 0 };
}

/**
 * Bytes of a multi-token-prediction layer on one GPU. Embedding and head are the model's own. Source: DeepSeek-V3,
 * README_WEIGHTS.md.
 */
export const draftBytesPerGpu = (
  division: Pick<Division, "model" | "weights" | "parallel" | "routing">,
): number =>
  sumOf(bytesOf({ ...division, weights: draftWeights(division.weights) }, draftCounts(division.model)));

const counted = new WeakMap<Model, WeightCounts>();

/** Weights of a model by part, counted once. */
function countsOf(model: Model): WeightCounts {
  const known = counted.get(model) ?? weightCounts(model);
  counted.set(model, known);
  return known;
}
