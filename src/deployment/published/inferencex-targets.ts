import type { Source } from "../../core/entry.ts";
import { inferenceXRecipes } from "./inferencex-recipes.ts";
import { parseRecipe } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";
import type { SystemTarget } from "./system-target.ts";
import { ofSystem } from "./tolerances.ts";

const comparison: Source = {
  title: "GB200 NVL72 vs B200 on DeepSeek R1, InferenceX",
  url: "https://inferencex.semianalysis.com/blog/gb200-nvl72-vs-b200-disagg-deepseek-r1-fp4-dynamo-trt",
};
const page = (rack: string): Source => ({
  title: `InferenceX, ${rack.toUpperCase()} NVL72: FP4 and FP8 on DeepSeek-R1`,
  url: `https://inferencex.semianalysis.com/compare-precision/deepseek-r1-${rack}-fp4-vs-fp8`,
});

/**
 * With three drafts R1 decodes 2.16 times as fast at batch 1 (TensorRT-LLM, tech blog 2, figure 7), in steps about a
 * sixth longer: 2.5 tokens a step, of which each is accepted with probability .7.
 */
const acceptance = 0.7;

/** DeepSeek-V3 and R1 have 256 experts a layer. */
const experts = 256;

/** The recipes of a list, each with its requests in flight. */
const recipesOf = (list: keyof typeof inferenceXRecipes, drafted: "all" | "drafts"): Recipe[] => {
  const { prefillGpus, runs } = inferenceXRecipes[list];
  return runs
    .flatMap(([name, inFlight]) =>
      inFlight.map((each) => parseRecipe(name, each, { prefillGpus, experts, acceptance })),
    )
    .filter(({ drafts }) => drafted === "all" || drafts.tokens > 0);
};

/**
 * Lengths of InferenceX's requests are uniform from .8 of the named length up to it, .9 in the mean
 * (`RANDOM_RANGE_RATIO: 0.8` in .github/workflows/benchmark-multinode-tmpl.yml, utils/bench_serving).
 */
const meanOf = (length: number): number => Math.round(0.9 * length);

const precisions = {
  fp4: { attention: "bf16", feedForward: "nvfp4" },
  fp8: { attention: "fp8", feedForward: "fp8" },
} as const;

const leftOut =
  "recipes of SGLang; gaps between kernels, host work, uneven sequences; how many drafts are accepted is not said: .7 each";

interface Point {
  readonly name: string;
  readonly source: Source;
  readonly rack: "b200" | "gb200" | "gb300";
  readonly precision: "fp4" | "fp8";
  readonly input: 1024 | 8192;
  readonly perUser: number;
  readonly published: number;
  readonly drafted: "all" | "drafts";
}

function targetOf({
  name,
  source,
  rack,
  precision,
  input,
  perUser,
  published,
  drafted,
}: Point): SystemTarget {
  const length = input === 8192 ? "8k" : "1k";
  const list = `${rack}-${precision}-${length}` as keyof typeof inferenceXRecipes;
  return {
    name,
    published,
    unit: "tokens/s/GPU, in and out",
    tolerance: ofSystem,
    source,
    conditions: `DeepSeek-R1 ${precision.toUpperCase()} on ${rack.toUpperCase()}, ${length.toUpperCase()} in 1K out, ${perUser} tokens/s a user, ${drafted === "all" ? "with or without MTP" : "MTP"}, between the measured recipes of TensorRT-LLM (divisions, replicas, batches, drafts, balancers and requests in flight of github.com/SemiAnalysisAI/InferenceX); GPUs of both kinds count (utils/process_result.py); assumed: attention in ${precisions[precision].attention}`,
    leftOut,
    prediction: {
      kind: "recipe-rate",
      system: rack === "b200" ? rack : `${rack}-nvl72`,
      model: "deepseek-v3",
      kvDtype: "fp8",
      ...precisions[precision],
      recipes: recipesOf(list, drafted),
      chunkTokens: inferenceXRecipes[list].chunkTokens,
      input: meanOf(input),
      output: meanOf(1024),
      perUser,
    },
  };
}

const racks = [
  ["gb200", "fp4", 8192, 75, 12_502.6],
  ["gb200", "fp4", 8192, 120, 9356.1],
  ["gb200", "fp4", 8192, 164, 3995.1],
  ["gb200", "fp8", 8192, 75, 5789.6],
  ["gb300", "fp4", 1024, 71, 11_951.3],
  ["gb300", "fp4", 1024, 128, 4792.5],
  ["gb300", "fp4", 1024, 184, 959.4],
  ["gb300", "fp8", 1024, 71, 3513],
] as const;

/** Tokens/s/GPU of the recipes with drafts that the comparison measured, by requests in flight (section "The numbers"). */
const measured = {
  gb200: {
    4: 60.7,
    8: 111.8,
    12: 165.2,
    24: 274.8,
    48: 363.3,
    180: 1149.1,
    2253: 7698,
    4301: 12_659.7,
    16_130: 14_659.4,
  },
  b200: {
    6: 49.3,
    10: 118.7,
    15: 168.9,
    25: 242.4,
    45: 369.9,
    90: 577.3,
    180: 897.9,
    875: 2832.9,
    1214: 7111.4,
    4968: 9660.7,
    10_860: 12_515.7,
  },
} as const satisfies Partial<Record<Point["rack"], Readonly<Record<number, number>>>>;

/** A measured recipe as a target of its own: no speed of a user stands between it and the published number. */
function recipeTarget(rack: keyof typeof measured, inFlight: number, published: number): SystemTarget {
  const list = `${rack}-fp4-1k` as const;
  const recipe = recipesOf(list, "drafts").find((each) => each.inFlight === inFlight);
  if (recipe === undefined) throw new Error(`no recipe of ${list} has ${inFlight} requests in flight`);
  const { prefill, decode, drafts } = recipe;
  return {
    name: `inferencex-${rack}-in-flight-${inFlight}`,
    published,
    unit: "tokens/s/GPU, in and out",
    tolerance: ofSystem,
    source: { ...comparison, where: "the numbers" },
    conditions: `DeepSeek-R1 FP4 on ${rack.toUpperCase()}, 1K in 1K out, ${inFlight} requests in flight: ${prefill.count} x ${prefill.parallel} prefill, ${decode.count} x ${decode.parallel} decode (at most ${decode.mostSequences} sequences each), ${drafts.tokens} drafts; assumed: attention in bf16`,
    leftOut,
    prediction: {
      kind: "recipe-point",
      counts: "input and output",
      system: rack === "b200" ? rack : `${rack}-nvl72`,
      model: "deepseek-v3",
      kvDtype: "fp8",
      ...precisions.fp4,
      recipe,
      chunkTokens: inferenceXRecipes[list].chunkTokens,
      input: meanOf(1024),
      output: meanOf(1024),
    },
  };
}

/** DeepSeek-R1 on a rack and on nodes of 8: at one speed of a user and at each measured recipe, and on racks at three. */
export const inferenceXTargets: readonly SystemTarget[] = [
  ...(
    [
      ["gb200", 4130],
      ["b200", 941],
    ] as const
  ).map(([rack, published]) =>
    targetOf({
      name: `inferencex-${rack}`,
      source: comparison,
      rack,
      precision: "fp4",
      input: 1024,
      perUser: 125,
      published,
      drafted: "drafts",
    }),
  ),
  ...racks.map(([rack, precision, input, perUser, published]) =>
    targetOf({
      name: `inferencex-${rack}-${precision}-${input / 1024}k-${perUser}`,
      source: page(rack),
      rack,
      precision,
      input,
      perUser,
      published,
      drafted: "all",
    }),
  ),
  ...(["gb200", "b200"] as const).flatMap((rack) =>
    Object.entries(measured[rack]).map(([inFlight, published]) =>
      recipeTarget(rack, Number(inFlight), published),
    ),
  ),
];
