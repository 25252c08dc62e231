import { describe, expect, it } from "vitest";
import { parseSpec } from "../../../src/attention/spec.ts";
import { divisionOf } from "../../../src/deployment/division.ts";
import type { Division } from "../../../src/deployment/division.ts";
import { inferenceXRecipes } from "../../../src/deployment/published/inferencex-recipes.ts";
import { parseRecipe } from "../../../src/deployment/published/recipe.ts";
import type { RecipeReplicas } from "../../../src/deployment/published/recipe.ts";
import { rateAt, serveRecipe } from "../../../src/deployment/published/serve-recipe.ts";
import type { RecipePoint } from "../../../src/deployment/published/serve-recipe.ts";
import { parseRouting } from "../../../src/hardware/kernels/routing.ts";
import { models } from "../../../src/hardware/models/all.ts";
import { parseParallel } from "../../../src/hardware/parallel.ts";
import { systems } from "../../../src/hardware/systems/all.ts";

const context = { prefillGpus: 4, experts: 256, acceptance: 0.7 };
const model = models.get("deepseek-v3");

function pointOf(name: string, inFlight: number): RecipePoint | undefined {
  const recipe = parseRecipe(name, inFlight, context);
  const division = ({ parallel, routing }: RecipeReplicas): Division =>
    divisionOf(
      {
        system: systems.get("gb200-nvl72"),
        model,
        spec: parseSpec("dense"),
        kvDtype: "fp8",
        weights: "nvfp4",
        routing: parseRouting(routing),
      },
      parseParallel(parallel, model),
    );
  return serveRecipe({ prefill: division(recipe.prefill), decode: division(recipe.decode) }, recipe, {
    inputTokens: 922,
    outputTokens: 922,
    thinkTokens: 0,
    cacheHits: 0,
    drafts: recipe.drafts,
    chunkTokens: 16_384,
    utilisation: 1,
  });
}

describe("names of recipes", () => {
  it("say replicas, divisions, batches, balancers and drafts", () => {
    expect(parseRecipe("ctx3_gen2_dep8_batch64_eplb288_mtp3", 666, context)).toEqual({
      prefill: { count: 3, parallel: "dp=4", routing: "power-law" },
      decode: { count: 2, parallel: "dp=8", routing: "eplb=32", mostSequences: 512 },
      drafts: { tokens: 3, acceptance: 0.7 },
      inFlight: 666,
    });
    const shared = parseRecipe("ctx1_gen4_tep8_batch32_eplb0_mtp0", 12, context);
    expect(shared.decode).toEqual({ count: 4, parallel: "tp=8", routing: "power-law", mostSequences: 32 });
    expect(shared.drafts).toEqual({ tokens: 0, acceptance: 0 });
    expect(() => parseRecipe("ctx1_dep8", 1, context)).toThrow(/must match.*got "ctx1_dep8"/);
  });

  it("can all be read, and divide DeepSeek-R1", () => {
    for (const { prefillGpus, runs } of Object.values(inferenceXRecipes))
      for (const [name, inFlight] of runs) {
        const { prefill, decode } = parseRecipe(name, inFlight[0], { ...context, prefillGpus });
        for (const { parallel, routing } of [prefill, decode]) {
          expect(() => parseParallel(parallel, model)).not.toThrow();
          expect(() => parseRouting(routing)).not.toThrow();
        }
      }
  });
});

describe("a recipe that serves", () => {
  it("answers those in flight: fewer decode than are in flight, and Little's law holds", () => {
    const { perUser, totalPerGpu } = pointOf("ctx1_gen4_tep8_batch32_eplb0_mtp0", 48)!;
    const requests = (totalPerGpu * 36) / (2 * 922);
    const decoding = (requests * 922) / perUser;
    expect(decoding).toBeCloseTo(Math.round(decoding), 6);
    expect(decoding).toBeLessThan(48);
    expect(decoding).toBeGreaterThan(40);
  });

  it("is bound by its batch, and by prefill", () => {
    const small = pointOf("ctx1_gen1_dep32_batch4_eplb0_mtp3", 180)!;
    // more requests only wait
    expect(pointOf("ctx1_gen1_dep32_batch4_eplb0_mtp3", 720)!.totalPerGpu).toBeCloseTo(small.totalPerGpu, -2);
    const starved = pointOf("ctx1_gen1_dep32_batch64_eplb0_mtp0", 2253)!;
    const fed = pointOf("ctx4_gen4_dep32_batch64_eplb0_mtp0", 9012)!;
    expect(fed.totalPerGpu).toBeCloseTo(starved.totalPerGpu, -1);
    // prefill that is too slow for eight replicas leaves slots empty, so that users are faster
    const short = pointOf("ctx1_gen8_dep32_batch64_eplb0_mtp0", 18_024)!;
    expect(short.totalPerGpu).toBeLessThan(0.5 * fed.totalPerGpu);
    expect(short.perUser).toBeGreaterThan(1.2 * fed.perUser);
  });

  it("serves nobody without requests", () => {
    expect(pointOf("ctx1_gen1_dep32_batch4_eplb0_mtp3", 0)).toBeUndefined();
  });
});

describe("rates between points", () => {
  const points = [
    { perUser: 100, totalPerGpu: 1000 },
    { perUser: 50, totalPerGpu: 3000 },
    { perUser: 60, totalPerGpu: 500 },
  ];

  it("lie on straight lines between points that no other beats", () => {
    expect(rateAt(points, 75)).toBe(2000);
    expect(rateAt(points, 60)).toBe(2600);
    expect(rateAt(points, 100)).toBe(1000);
  });

  it("end with the fastest user, and are flat for slower ones than the slowest", () => {
    expect(rateAt(points, 101)).toBe(0);
    expect(rateAt(points, 20)).toBe(3000);
    expect(rateAt([], 20)).toBe(0);
  });
});
