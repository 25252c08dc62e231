import { parseSpec } from "../../attention/spec.ts";
import { layersOf, nativeOf } from "../../hardware/model.ts";
import { attentionLayer } from "../../hardware/layers/attention.ts";
import { models } from "../../hardware/models/all.ts";
import { override } from "../../hardware/overrides.ts";
import { parametersOf } from "../../hardware/parameters.ts";
import { parseParallel, plansFor } from "../../hardware/parallel.ts";
import { gpusOf } from "../../hardware/parallelism.ts";
import type { Parallelism } from "../../hardware/parallelism.ts";
import { dollarsPerMillion } from "../../hardware/serving/price.ts";
import { splitPrompt } from "../../hardware/serving/workload.ts";
import { systems } from "../../hardware/systems/all.ts";
import { decodeOn } from "../decode.ts";
import type { DecodeAnswer } from "../decode.ts";
import { divisionOf } from "../division.ts";
import type { Division } from "../division.ts";
import { fits } from "../memory.ts";
import { modelCost } from "../model-cost.ts";
import { prefillOn } from "../prefill.ts";
import { servedApart } from "../serving.ts";
import type { Prediction, Setup, Target } from "./target.ts";

const deployed = (setup: Setup, parallel: Parallelism): Division => {
  const { kvDtype, attention, feedForward, overlapLinks, profile } = setup;
  const system = override(systems.get(setup.system), setup.set ?? []);
  const model = models.get(setup.model);
  const spec = parseSpec(setup.variant ?? nativeOf(model));
  const weights = { weights: feedForward, attentionWeights: attention };
  return divisionOf({ system, model, spec, kvDtype, ...weights, profile, overlapLinks }, parallel);
};

/** Predicts a number that a source printed. @param of predicts another target, by name */
function predict(prediction: Prediction, of: (name: string) => number): number {
  switch (prediction.kind) {
    case "price":
      return dollarsPerMillion(prediction.dollarsPerGpuHour, 1, of(prediction.of), 1);
    case "flops-ratio":
    case "cache-ratio":
      return ratio(prediction);
    case "helix-interactivity":
    case "helix-users":
      return helix(prediction);
    case "served-rate":
      return servedRate(prediction);
    case "prefill-rate":
    case "prefill-seconds":
    case "decode-rate":
    case "tpot-seconds":
      return onDivision(prediction);
  }
}

/** Of a model on GPUs that the source says the division of. */
function onDivision(prediction: Extract<Prediction, { readonly parallel: string }>): number {
  const division = deployed(prediction, parseParallel(prediction.parallel, models.get(prediction.model)));
  const gpus = gpusOf(division.parallel);
  switch (prediction.kind) {
    case "prefill-rate": {
      const { input, cacheHits, promptsPerGroup } = prediction;
      const { computed, stored } = splitPrompt({ inputTokens: input, cacheHits });
      const prompts = promptsPerGroup * division.parallel.dp;
      const all = { prompts, tokens: computed, cachedTokens: stored, chunkTokens: prompts * computed };
      return (prompts * input) / prefillOn(division, all).seconds / gpus;
    }
    case "prefill-seconds": {
      const { input } = prediction;
      return prefillOn(division, { prompts: 1, tokens: input, cachedTokens: 0, chunkTokens: input }).seconds;
    }
    case "decode-rate": {
      const { context, perGpu } = prediction;
      return perGpu / decodeOn(division, { users: perGpu * gpus, tokens: context }).tpotSeconds;
    }
    case "tpot-seconds": {
      const { context, drafts } = prediction;
      return decodeOn(division, { users: 1, tokens: context, drafts }).tpotSeconds;
    }
  }
}

/** Operations in FP8 that take as long as one in this precision, by peak rates. */
const equivalent = { bf16: 2, fp8: 1, fp4: 0.5 } as const;

/**
 * DeepSeek counts "equivalent FP8 FLOPs" and does not print the weights; here they are those of peak rates: attention
 * multiplies in bf16, V3.2's index in FP8 and V4's in FP4, products in FP8, whatever their weights are stored as.
 */
function ratio({
  kind,
  model,
  over,
  kvDtype,
  context,
}: Prediction & { kind: "flops-ratio" | "cache-ratio" }) {
  const [a, b] = [model, over].map((name) => {
    const entry = models.get(name);
    const cost = modelCost(entry, parseSpec(nativeOf(entry)), context, kvDtype);
    if (kind === "cache-ratio") return cost.keptBytes + cost.indexKeptBytes + cost.stateBytes;
    const indexes = entry.attention.map((group) => {
      const { index } = attentionLayer(group);
      const flops = index === undefined ? 0 : group.layers.value * index.flops(context);
      return { flops, equivalent: flops * equivalent[index?.precision ?? "bf16"] };
    });
    const sum = (of: "flops" | "equivalent"): number => indexes.reduce((total, each) => total + each[of], 0);
    return equivalent.bf16 * (cost.flops - sum("flops")) + sum("equivalent") + 2 * parametersOf(entry).active;
  });
  return a! / b!;
}

/** The most that a GPU gives at a user's speed: batches in steps of a quarter. */
function servedRate(prediction: Prediction & { kind: "served-rate" }): number {
  const { replicaGpus, input, output, perUser, drafts } = prediction;
  const model = models.get(prediction.model);
  const plans = (phase: "prefill" | "decode") =>
    plansFor(model, replicaGpus, phase).map((parallel) => deployed(prediction, parallel));
  const batches = Array.from({ length: 50 }, (_, i) => Math.round(2 ** (i / 4)));
  const served = drafts.flatMap((each) =>
    servedApart(
      { prefill: plans("prefill"), decode: plans("decode") },
      {
        workload: {
          inputTokens: input,
          outputTokens: output,
          thinkTokens: 0,
          cacheHits: 0,
          drafts: each,
          chunkTokens: 16_384,
          utilisation: 1,
        },
        batches: [...new Set(batches)],
        dollarsPerGpuHour: 1,
      },
    ),
  );
  return Math.max(
    ...served
      .filter(({ served: { tokensPerSecondPerUser } }) => tokensPerSecondPerUser >= perUser)
      .map(({ served: { totalPerGpu } }) => totalPerGpu),
  );
}

/**
 * Divisions of a model among a number of GPUs or fewer, as the Helix paper compares them (section 3.1): with Helix caches over all
 * GPUs of a stage, and experts or their columns; without, tensor parallelism of whole layers, or groups that attend for
 * themselves and share the experts.
 */
function helixPlans(gpus: number): Parallelism[] {
  const powers = Array.from({ length: Math.floor(Math.log2(gpus)) + 1 }, (_, i) => 2 ** i);
  const one: Parallelism = { tp: 1, dp: 1, cp: 1, kvp: 1, ep: 1, pp: 1 };
  return powers.flatMap((pp) =>
    powers
      .filter((stage) => stage * pp <= gpus)
      .flatMap((stage) => [
        { ...one, pp, tp: stage },
        { ...one, pp, dp: stage, ep: stage },
        ...(stage === 1
          ? []
          : powers.filter((ep) => ep <= stage).map((ep) => ({ ...one, pp, kvp: stage, ep }))),
      ]),
  );
}

/** Decode steps of every plan, with KV parallelism and without, at powers of two of users that fit. */
function helix(prediction: Prediction & { kind: "helix-interactivity" | "helix-users" }): number {
  const { gpus, context, kind } = prediction;
  const layers = layersOf(models.get(prediction.model));
  const plans = helixPlans(gpus).filter(({ pp }) => pp <= layers);
  const answers = plans.flatMap((parallel) => {
    const division = deployed(prediction, parallel);
    return Array.from({ length: 11 }, (_, i) => decodeOn(division, { users: 2 ** i, tokens: context }))
      .map((answer, i) => ({ answer, users: 2 ** i }))
      .filter(({ answer }) => fits(answer.lack));
  });
  type Point = (typeof answers)[0];
  const isHelix = ({ answer }: Point): boolean => answer.division.parallel.kvp > 1;
  const [own, others] = [answers.filter(isHelix), answers.filter((point) => !isHelix(point))];
  const fastest = (points: readonly Point[]): number =>
    Math.min(...points.map(({ answer }) => answer.tpotSeconds));
  if (kind === "helix-interactivity") return fastest(others) / fastest(own);
  const most = (points: readonly Point[], within: DecodeAnswer): number =>
    Math.max(
      0,
      ...points.filter(({ answer }) => answer.tpotSeconds <= within.tpotSeconds).map(({ users }) => users),
    );
  return Math.max(...others.map(({ answer }) => most(own, answer) / most(others, answer)));
}

/** A published number beside the model's. */
export interface Verdict {
  readonly target: Target;
  readonly predicted: number;
  /** predicted / published - 1 */
  readonly error: number;
  readonly within: boolean;
}

/** @param onTarget called after each */
export function judge(targets: readonly Target[], onTarget: () => void = () => undefined): Verdict[] {
  const predicted = new Map<string, number>();
  return targets.map((target) => {
    const value = predict(target.prediction, (name) => predicted.get(name) ?? NaN);
    predicted.set(target.name, value);
    const error = value / target.published - 1;
    onTarget();
    return { target, predicted: value, error, within: Math.abs(error) <= target.tolerance };
  });
}
