import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { machineOf } from "../../src/hardware/kernels/machine.ts";
import type { KernelProfile } from "../../src/hardware/kernels/machine.ts";
import { parseRouting } from "../../src/hardware/kernels/routing.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import type { Part } from "../../src/hardware/serving/replica.ts";
import { passOf } from "../../src/hardware/pass/pass.ts";
import { systems } from "../../src/hardware/systems/all.ts";
import { decodeOn, fastestDecode } from "../../src/deployment/decode.ts";
import { deploymentOf } from "../../src/deployment/deployment.ts";
import type { Division } from "../../src/deployment/division.ts";
import { fits } from "../../src/deployment/memory.ts";
import { modelCost } from "../../src/deployment/model-cost.ts";
import { prefillOn } from "../../src/deployment/prefill.ts";
import { replicaOf } from "../../src/deployment/replica.ts";
import { weightBytesPerGpu } from "../../src/deployment/weights.ts";
import { weightsOf } from "../../src/hardware/weights/choice.ts";

const gb200 = systems.get("gb200-nvl72");

const asked = (
  name: string,
  parallel: string,
  change: Partial<Omit<Division, "spec" | "weights">> & {
    profile?: KernelProfile;
    variant?: string;
    weights?: string;
  } = {},
): Division => {
  const { profile = "measured", variant, weights = "nvfp4,attention=fp8", ...rest } = change;
  const model = models.get(name);
  return {
    machine: machineOf(gb200, profile),
    model,
    spec: parseSpec(variant ?? nativeOf(model)),
    kvDtype: "fp8",
    weights: weightsOf(model, gb200, weights),
    parallel: parseParallel(parallel, model),
    overlapLinks: false,
    routing: "even",
    ...rest,
  };
};

const decoding = (sequences: number, cachedTokens: number): Part => ({
  phase: "decode",
  sequences,
  newTokens: 1,
  cachedTokens,
});

const prefilling = (newTokens: number, cachedTokens = 0): Part => ({
  phase: "prefill",
  sequences: 1,
  newTokens,
  cachedTokens,
});

const seconds = (plan: Division, part: Part): number => passOf(deploymentOf(plan), [part]).time.seconds;

describe("routing of experts", () => {
  it("never makes a pass of prompts shorter as it gets less even", () => {
    for (const parallel of ["dp=8", "dp=32", "dp=64"])
      for (const name of ["deepseek-v3", "qwen3-235b"]) {
        const seconds = ["even", "eplb", "power-law", "power-law=1.2"].map((text) => {
          const deployment = deploymentOf(asked(name, parallel, { routing: parseRouting(text) }));
          const part: Part = { phase: "prefill", sequences: 64, newTokens: 8192, cachedTokens: 0 };
          return passOf(deployment, [part]).time.seconds;
        });
        expect(seconds, `${name}, ${parallel}`).toEqual(seconds.toSorted((a, b) => a - b));
        expect(seconds[2]! / seconds[0]!).toBeGreaterThan(1.1);
      }
  });
});

describe("passOf", () => {
  it.each([...models].map(({ name }) => name))(
    "of %s: measured kernels take longer than ideal, and more work longer",
    (name) => {
      for (const [short, long] of [
        [decoding(8, 4096), decoding(8, 262_144)],
        [prefilling(2048), prefilling(8192, 65_536)],
      ] as const) {
        const times = (["ideal", "measured"] as const).map((profile) =>
          [short, long].map((part) => seconds(asked(name, "tp=4", { profile }), part)),
        );
        const [[idealShort, idealLong], [ownShort, ownLong]] = times as [[number, number], [number, number]];
        expect(idealShort).toBeGreaterThan(0);
        expect(ownShort).toBeGreaterThan(idealShort);
        expect(ownLong).toBeGreaterThan(idealLong);
        expect(idealLong).toBeGreaterThan(idealShort);
      }
    },
  );

  it("at peak rates reads weights and caches no faster than HBM gives them", () => {
    const plan = asked("llama-3.1-405b", "tp=8", { profile: "ideal" });
    const model = models.get("llama-3.1-405b");
    const cache = modelCost(model, plan.spec, 100_001, "fp8").kvReadBytes;
    const embedding = (model.vocabulary.value * model.hidden.value * 2) / 8;
    const bytes = weightBytesPerGpu(plan) - embedding + (16 * cache) / 8;
    const { time } = passOf(deploymentOf(plan), [decoding(16, 100_000)]);
    const atLeast = bytes / gb200.gpu.hbmBandwidth.value;
    expect(time.seconds).toBeGreaterThan(atLeast);
    // what comes on top are activations, and all-reduces of 16 hidden states
    expect(time.seconds).toBeLessThan(1.1 * atLeast);
  });

  it("splits a prompt among context-parallel GPUs evenly: half of the attention each", () => {
    const [one, two] = ["tp=4", "tp=4,cp=2"].map((parallel) =>
      passOf(deploymentOf(asked("llama-3.1-405b", parallel, { profile: "ideal" })), [prefilling(131_072)]),
    );
    expect(one!.attentionSeconds / two!.attentionSeconds).toBeCloseTo(2, 1);
    // keys and values go round behind the attention to others; what is left are the all-reduces of half the tokens
    expect(one!.linkSeconds / two!.linkSeconds).toBeCloseTo(2, 6);
  });

  it("splits every cache with Helix, and exchanges as much whatever the context", () => {
    const at = (parallel: string, tokens: number) =>
      passOf(deploymentOf(asked("deepseek-v3", parallel, { profile: "ideal" })), [decoding(8, tokens)]);
    const reads = (parallel: string): number =>
      at(parallel, 1_000_000).attentionSeconds - at(parallel, 500_000).attentionSeconds;
    expect(reads("tp=1,ep=1") / reads("kvp=8")).toBeCloseTo(8, 1);
    expect(at("kvp=8", 1_000_000).linkSeconds).toBeCloseTo(at("kvp=8", 10_000).linkSeconds, 12);
  });

  it("keeps a stage's share of layers on a GPU, and the pipeline full: as many tokens in less time for each GPU", () => {
    const [one, two] = ["tp=4", "tp=4,pp=2"].map((parallel) => asked("llama-3.1-405b", parallel));
    expect(weightBytesPerGpu(two!) / weightBytesPerGpu(one!)).toBeCloseTo(0.5, 6);
    // of 256 sequences each stage has 128 at a time
    expect(seconds(two!, decoding(256, 8192))).toBeLessThan(seconds(one!, decoding(256, 8192)));
    expect(seconds(two!, decoding(256, 8192))).toBeGreaterThan(seconds(one!, decoding(128, 8192)));
  });

  it("hides exchanges behind work where it is told to, and no more than there is", () => {
    const both = (part: Part) =>
      [false, true].map((overlapLinks) =>
        passOf(deploymentOf(asked("deepseek-v3", "dp=16", { overlapLinks })), [part]),
      );
    const [plain, hidden] = both({ phase: "prefill", sequences: 16, newTokens: 4096, cachedTokens: 0 });
    expect(plain!.linkSeconds).toBeGreaterThan(0);
    expect(hidden!.linkSeconds).toBe(0);
    expect(plain!.time.seconds - hidden!.time.seconds).toBeCloseTo(plain!.linkSeconds, 12);
    // the second stream has the other half of the batch, and not shared experts beside routed ones
    const [steps, halves] = both(decoding(512, 4096));
    expect(halves!.linkSeconds).toBe(0);
    expect(halves!.time.seconds).toBeLessThan(steps!.time.seconds);
    expect(halves!.time.seconds).toBeGreaterThan(steps!.time.seconds - steps!.linkSeconds);
  });

  it("sends experts' tokens over the network where a group is larger than the NVLink domain", () => {
    const nodes = asked("deepseek-v3", "dp=32", {
      machine: machineOf(systems.get("h200")),
      weights: "fp8",
    });
    const rack = asked("deepseek-v3", "dp=32", { weights: "fp8" });
    const links = (plan: Division): number => passOf(deploymentOf(plan), [decoding(4096, 4096)]).linkSeconds;
    expect(links(nodes)).toBeGreaterThan(2 * links(rack));
  });
});

describe("variants", () => {
  const at = (variant: string, tokens = 1_000_000, part = decoding(16, tokens)): number =>
    seconds(asked("deepseek-v3", "dp=16", { variant }), part);

  it("take their own kernels where such were measured, else their cost at the kernels' rates", () => {
    const own = (variant: string) =>
      deploymentOf(asked("deepseek-v3", "dp=16", { variant })).layers[0]!.variant === undefined;
    expect(["dense", "dsa(indexHeads=64)", "mla", "index-share"].map(own)).toEqual([true, true, true, true]);
    expect(["quest", "moba", "snapkv", "sink-window"].map(own)).toEqual([false, false, false, false]);
  });

  it("rank by what they read: windows and selection beat dense at 1M tokens, by more at more", () => {
    expect(at("sink-window")).toBeLessThan(at("quest"));
    expect(at("quest")).toBeLessThan(at("dense"));
    expect(at("dense") / at("quest")).toBeGreaterThan(at("dense", 100_000) / at("quest", 100_000));
  });

  it("by their cost alone come close to dense attention's kernel where they read everything", () => {
    const ideal = (variant: string) =>
      seconds(asked("llama-3.1-405b", "tp=8", { variant, profile: "ideal" }), decoding(16, 500_000));
    expect(ideal("sink-window(window=600000)") / ideal("dense")).toBeCloseTo(1, 3);
    expect(ideal("snapkv(budget=600000)") / ideal("dense")).toBeCloseTo(1, 1);
  });

  it("fetch rows over NVLink-C2C where K and V lie in the processors' memory", () => {
    const [hbm, grace] = ["dsa(indexHeads=64)", "dsa(indexHeads=64)+grace"].map((variant) => at(variant));
    // one sequence a GPU: 61 layers x 2048 records of 576 numbers
    const fetched = (61 * 2048 * 576) / ((36 * 389e9) / 72);
    expect(grace! - hbm!).toBeCloseTo(fetched, 5);
  });
});

describe("replicaOf", () => {
  it("keeps a latent record on every GPU that shares the heads, and once where the cache is split", () => {
    const bytes = (parallel: string) => replicaOf(asked("deepseek-v3", parallel)).kvBytes(1024);
    expect(bytes("kvp=8")).toBe(61 * 1024 * 576);
    expect(bytes("dp=8")).toBe(61 * 1024 * 576);
    expect(bytes("tp=8")).toBe(8 * 61 * 1024 * 576);
    const llama = (parallel: string) => replicaOf(asked("llama-3.1-405b", parallel)).kvBytes(1000);
    expect(llama("tp=16") / llama("tp=8")).toBe(2);
  });

  it("has what the weights leave: in all, the rack's", () => {
    const replica = replicaOf(asked("deepseek-v3", "dp=4", { weights: "nvfp4" }));
    expect(replica.gpus).toBe(4);
    // experts are spread, attention is on every GPU
    expect(replica.kvCapacity).toBeLessThan(4 * 0.9 * 198.7e9 - 0.5625 * 653e9);
    expect(replica.kvCapacity).toBeGreaterThan(4 * 0.9 * 198.7e9 - 0.5625 * 800e9);
  });
});

describe("fastestDecode", () => {
  it("is no slower than any plan that fits, and says what is short where none does", () => {
    const plans = ["tp=4", "tp=8", "kvp=8", "dp=8"].map((parallel) => asked("deepseek-v3", parallel));
    const decode = { users: 32, tokens: 131_072 };
    const found = fastestDecode(plans, decode)!;
    expect(fits(found.lack)).toBe(true);
    for (const plan of plans) {
      const answer = decodeOn(plan, decode);
      if (fits(answer.lack)) expect(answer.seconds).toBeGreaterThanOrEqual(found.seconds);
    }
    expect(fastestDecode(plans.slice(0, 1), { ...decode, users: 5000 })!.lack.hbm).toBeGreaterThan(1e12);
    expect(fastestDecode([], decode)).toBeUndefined();
  });
});

describe("prefillOn", () => {
  it("computes all tokens once, in passes; a cached prefix saves its own work alone", () => {
    const plan = asked("llama-3.1-405b", "tp=8", { profile: "ideal" });
    const whole = { prompts: 1, tokens: 131_072, cachedTokens: 0, chunkTokens: 2 ** 20 };
    const flops = (change: Partial<typeof whole>) => prefillOn(plan, { ...whole, ...change }).flops;
    expect(prefillOn(plan, { ...whole, chunkTokens: 8192 }).passes).toBe(16);
    expect(flops({ chunkTokens: 8192 }) / flops({})).toBeCloseTo(1, 3);
    expect(
      (flops({ tokens: 65_536 }) + flops({ tokens: 65_536, cachedTokens: 65_536 })) / flops({}),
    ).toBeCloseTo(1, 3);
  });
});
