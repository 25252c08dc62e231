import { parseSpec } from "../../attention/spec.ts";
import { layersOf, nativeOf } from "../../hardware/model.ts";
import type { Model } from "../../hardware/model.ts";
import { attentionLayer } from "../../hardware/layers/attention.ts";
import { parseRouting } from "../../hardware/kernels/routing.ts";
import type { Routing } from "../../hardware/kernels/routing.ts";
import { models } from "../../hardware/models/all.ts";
import { override } from "../../hardware/overrides.ts";
import { parametersOf } from "../../hardware/parameters.ts";
import { parseParallel } from "../../hardware/parallel.ts";
import { gpusOf } from "../../hardware/parallelism.ts";
import type { Parallelism } from "../../hardware/parallelism.ts";
import { dollarsPerMillion } from "../../hardware/serving/price.ts";
import { splitPrompt } from "../../hardware/serving/workload.ts";
import { systems } from "../../hardware/systems/all.ts";
import { decodeOn } from "../decode.ts";
import type { DecodeAnswer } from "../decode.ts";
import { divisionOf } from "../division.ts";
import type { Division } from "../division.ts";
import { fits, memoryOn } from "../memory.ts";
import { modelCost } from "../model-cost.ts";
import { prefillOn } from "../prefill.ts";
import type { Recipe, RecipeReplicas } from "./recipe.ts";
import { rateAt, serveRecipe } from "./serve-recipe.ts";
import type { RecipePoint } from "./serve-recipe.ts";
import type { Prediction, Setup, SystemTarget } from "./system-target.ts";

const routingOf = ({ routing }: Setup): Routing | undefined =>
  routing === undefined ? undefined : parseRouting(routing);

const deployed = (setup: Setup, parallel: Parallelism): Division => {
  const { kvDtype, attention, feedForward, overlapLinks, profile, framework } = setup;
  const routing = routingOf(setup);
  const system = override(systems.get(setup.system), setup.set ?? []);
  const model = modelOf(setup);
  const spec = parseSpec(setup.variant ?? nativeOf(model));
  const weights = { weights: feedForward, attentionWeights: attention };
  const times = { profile, framework, overlapLinks, routing };
  return divisionOf({ system, model, spec, kvDtype, ...weights, ...times }, parallel);
};

/** The model of a setup, with latent attention in all layers where the setup says so. */
function modelOf({ model: name, allLatent = false }: Setup): Model {
  const model = models.get(name);
  const latent = model.attention.find((group) => attentionLayer(group).latent);
  if (!allLatent || latent === undefined) return model;
  return { ...model, attention: [{ ...latent, layers: { ...latent.layers, value: layersOf(model) } }] };
}

/** Predicts the number that a source printed. */
function predict(prediction: Prediction): number {
  switch (prediction.kind) {
    case "price":
      return dollarsPerMillion(prediction.dollarsPerGpuHour, 1, predict(prediction.of), 1);
    case "quotient":
      return predict(prediction.of) / predict(prediction.over);
    case "flops-ratio":
    case "cache-ratio":
      return ratio(prediction);
    case "helix-interactivity":
    case "helix-users":
      return helix(prediction);
    case "recipe-rate":
      return recipeRate(prediction);
    case "recipe-point": {
      const { recipe, counts, input, output } = prediction;
      const total = pointOf(prediction, recipe)?.totalPerGpu ?? 0;
      return counts === "output" ? (total * output) / (input + output) : total;
    }
    case "prefill-rate":
    case "prefill-seconds":
    case "decode-rate":
    case "tpot-seconds":
    case "full-tpot-seconds":
      return onDivision(prediction);
  }
}

/** Predicts the number of a model on a division that the source names. */
function onDivision(prediction: Extract<Prediction, { readonly parallel: string }>): number {
  const model = models.get(prediction.model);
  const parallel = parseParallel(prediction.parallel, model, routingOf(prediction));
  const division = deployed(prediction, parallel);
  const gpus = gpusOf(parallel);
  switch (prediction.kind) {
    case "prefill-rate": {
      const { input, cacheHits, promptsPerGroup } = prediction;
      const { computed, stored } = splitPrompt({ inputTokens: input, cacheHits });
      const prompts = promptsPerGroup * division.parallel.dp;
      const all = { prompts, tokens: computed, cachedTokens: stored, chunkTokens: prompts * computed };
      return (prompts * input) / prefillOn(division, all).seconds / gpus;
    }
    case "prefill-seconds": {
      const { input, chunkTokens = input } = prediction;
      return prefillOn(division, { prompts: 1, tokens: input, cachedTokens: 0, chunkTokens }).seconds;
    }
    case "decode-rate": {
      const { context, perGpu } = prediction;
      return perGpu / decodeOn(division, { users: perGpu * gpus, tokens: context }).tpotSeconds;
    }
    case "tpot-seconds": {
      const { context, drafts } = prediction;
      return decodeOn(division, { users: 1, tokens: context, drafts }).tpotSeconds;
    }
    case "full-tpot-seconds": {
      const { context } = prediction;
      const { users } = memoryOn(division, context);
      return decodeOn(division, { users, tokens: context }).tpotSeconds / users;
    }
  }
}

/** FP8 operations that take the time of one operation of this precision, at peak rates. */
const equivalent = { bf16: 2, fp8: 1, fp4: 0.5 } as const;

/**
 * Ratio of a model's operations or cache to another's. DeepSeek counts "equivalent FP8 FLOPs" and does not print the
 * weights of that sum; here they are the ratios of peak rates. Attention multiplies in bf16, V3.2's index in FP8 and V4's
 * in FP4, products in FP8, for weights of any dtype.
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

/** The rate of a GPU at a user's speed, between the points that recipes reach. */
const recipeRate = (prediction: Prediction & { kind: "recipe-rate" }): number =>
  rateAt(
    prediction.recipes.flatMap((recipe) => pointOf(prediction, recipe) ?? []),
    prediction.perUser,
  );

/** The point that a recipe reaches; undefined if it serves no request. */
function pointOf(
  prediction: Prediction & { kind: "recipe-rate" | "recipe-point" },
  recipe: Recipe,
): RecipePoint | undefined {
  const { input, output, chunkTokens } = prediction;
  const model = models.get(prediction.model);
  const division = ({ parallel, routing }: RecipeReplicas): Division =>
    deployed({ ...prediction, routing }, parseParallel(parallel, model, parseRouting(routing)));
  const workload = {
    inputTokens: input,
    outputTokens: output,
    thinkTokens: 0,
    cacheHits: 0,
    drafts: recipe.drafts,
    chunkTokens,
    utilisation: 1,
  };
  return serveRecipe(
    { prefill: division(recipe.prefill), decode: division(recipe.decode) },
    recipe,
    workload,
  );
}

/**
 * The divisions of a model that the Helix paper compares (section 3.1), on up to `gpus` GPUs. With Helix, caches are split
 * over all GPUs of a stage, and so are experts or their columns. Without it, whole layers are split (tensor parallelism),
 * or groups attend separately and share the experts.
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

/** Ratio of Helix to other divisions. It takes steps of every division at each power of two of users that fit. */
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
  type TimedDivision = (typeof answers)[0];
  const isHelix = ({ answer }: TimedDivision): boolean => answer.division.parallel.kvp > 1;
  const [own, others] = [answers.filter(isHelix), answers.filter((point) => !isHelix(point))];
  const fastest = (points: readonly TimedDivision[]): number =>
    Math.min(...points.map(({ answer }) => answer.tpotSeconds));
  if (kind === "helix-interactivity") return fastest(others) / fastest(own);
  const most = (points: readonly TimedDivision[], within: DecodeAnswer): number =>
    Math.max(
      0,
      ...points.filter(({ answer }) => answer.tpotSeconds <= within.tpotSeconds).map(({ users }) => users),
    );
  return Math.max(...others.map(({ answer }) => most(own, answer) / most(others, answer)));
}

/** A published number beside the predicted one. */
export interface SystemVerdict {
  readonly target: SystemTarget;
  readonly predicted: number;
  /** predicted / published - 1 */
  readonly error: number;
  readonly within: boolean;
}

/** @param onTarget called after each */
export function judge(
  targets: readonly SystemTarget[],
  onTarget: () => void = () => undefined,
): SystemVerdict[] {
  return targets.map((target) => {
    const value = predict(target.prediction);
    const error = value / target.published - 1;
    onTarget();
    return { target, predicted: value, error, within: Math.abs(error) <= target.tolerance };
  });
}
