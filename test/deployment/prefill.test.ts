import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { decodeOn } from "../../src/deployment/decode.ts";
import { deploymentOf } from "../../src/deployment/deployment.ts";
import { divisionOf, divisionsOf } from "../../src/deployment/division.ts";
import type { Division, ModelOnSystem } from "../../src/deployment/division.ts";
import { fastestPrefill, prefillOn } from "../../src/deployment/prefill.ts";
import type { PrefillAnswer } from "../../src/deployment/prefill.ts";
import {
  chunkingsOf,
  chunksOf,
  chunkSizes,
  leastSeconds,
  nearlySeconds,
} from "../../src/deployment/prefill-chunks.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import { passOf } from "../../src/hardware/pass/pass.ts";
import type { Part } from "../../src/hardware/serving/replica.ts";
import { systems } from "../../src/hardware/systems/all.ts";

const on = (name: string): ModelOnSystem => {
  const model = models.get(name);
  return {
    system: systems.get("gb300-nvl72"),
    model,
    spec: parseSpec(nativeOf(model)),
    weights: "nvfp4",
    kvDtype: "fp8",
  };
};
const divided = (name: string, parallel: string): Division =>
  divisionOf(on(name), parseParallel(parallel, models.get(name)));

const prompt = (tokens: number, chunkTokens?: number) => ({
  prompts: 1,
  tokens,
  cachedTokens: 0,
  chunkTokens,
});
const names = ["deepseek-v3", "deepseek-v3.2", "llama-3.1-70b", "kimi-linear", "gpt-oss-120b"];

/** Seconds of the passes of a prompt one after the other. */
function passSeconds(division: Division, tokens: number, chunk: number): number {
  let sum = 0;
  for (let done = 0; done < tokens; done += chunk) {
    const part: Part = {
      phase: "prefill",
      sequences: 1,
      newTokens: Math.min(chunk, tokens - done),
      cachedTokens: done,
    };
    sum += passOf(deploymentOf(division), [part]).time.seconds;
  }
  return sum;
}

/** Seconds of the parts of a prefill. */
const partSeconds = (answer: PrefillAnswer): number =>
  answer.attentionSeconds +
  answer.feedForwardSeconds +
  answer.linkSeconds +
  answer.headSeconds +
  answer.waitSeconds;

describe.each(names)("a prompt of %s in a pipeline", (name) => {
  it("takes the passes one after the other with one stage", () => {
    for (const parallel of ["tp=1", "tp=4", "dp=2,cp=2"]) {
      const division = divided(name, parallel);
      const answer = prefillOn(division, prompt(100_000, 8192));
      expect(answer.seconds / passSeconds(division, 100_000, 8192)).toBeCloseTo(1, 12);
      expect(answer.waitSeconds).toBe(0);
      expect(answer.time.seconds).toBeCloseTo(answer.seconds, 12);
      expect(partSeconds(answer) / answer.seconds).toBeCloseTo(1, 9);
    }
  });

  it("takes no longer with more stages, but for hidden states on their way, and the shorter the more chunks", () => {
    for (const tokens of [2048, 30_000, 131_072]) {
      const [one, ...more] = ["tp=1", "pp=2", "pp=4", "pp=8"].map((parallel) =>
        prefillOn(divided(name, parallel), prompt(tokens, 8192)),
      );
      for (const [i, answer] of more.entries()) {
        const stages = 2 ** (i + 1);
        // at most 8,192 hidden states a hop
        const hop = 1e-3;
        expect(answer.seconds).toBeLessThanOrEqual(one!.seconds + (stages - 1) * hop);
        expect(answer.seconds).toBeGreaterThan(one!.seconds / stages);
        // all stages together do the work of one
        expect(answer.flops / one!.flops).toBeCloseTo(1, 9);
        expect(answer.time.seconds).toBeCloseTo(answer.seconds, 9);
        expect(partSeconds(answer) / answer.seconds).toBeCloseTo(1, 9);
      }
      if (tokens === 131_072) {
        const [two, four, eight] = more;
        expect(one!.seconds / two!.seconds).toBeGreaterThan(1.6);
        expect(two!.seconds / four!.seconds).toBeGreaterThan(1.5);
        expect(four!.seconds / eight!.seconds).toBeGreaterThan(1.3);
      }
    }
  });

  it("gives as many times the prompts a second as there are stages, less what fills them and the fullest has more", () => {
    const seconds = (parallel: string): number =>
      prefillOn(divided(name, parallel), { ...prompt(8192, 8192), prompts: 16 }).seconds;
    const passes = 16;
    const gain = seconds("tp=1") / seconds("pp=4");
    expect(gain).toBeLessThan(4);
    expect(gain).toBeGreaterThan((0.9 * 4 * passes) / (passes + 3));
  });
});

describe("a pass in a full pipeline", () => {
  const part = (phase: Part["phase"], sequences: number): Part => ({
    phase,
    sequences,
    newTokens: phase === "decode" ? 1 : 8192,
    cachedTokens: 32_768,
  });
  const seconds = (parallel: string, ...parts: readonly Part[]): number =>
    passOf(deploymentOf(divided("deepseek-v3", parallel)), parts).time.seconds;

  it("computes a chunk for each stage in the time of one, but for the fullest stage", () => {
    const [one, four] = [seconds("tp=4", part("prefill", 1)), seconds("tp=4,pp=4", part("prefill", 4))];
    // one of the four stages has 16 of the 61 layers
    expect(four / one).toBeGreaterThan((4 * 16) / 61 - 0.001);
    expect(four / one).toBeLessThan((4 * 16) / 61 + 0.005);
  });

  it("cuts one prompt into chunks that follow each other as those of several prompts do", () => {
    const whole = seconds("tp=4,pp=4", part("prefill", 4));
    const cut = seconds("tp=4,pp=4", { ...part("prefill", 1), newTokens: 4 * 8192, cachedTokens: 20_480 });
    // the same chunks behind as many tokens in the mean
    expect(cut / whole).toBeCloseTo(1, 9);
  });

  it("decodes a token in the sum of the stages, and of four micro-batches at the rate of the fullest stage", () => {
    const one = seconds("tp=4", part("decode", 1));
    const alone = seconds("tp=4,pp=4", part("decode", 1));
    expect(alone).toBeGreaterThan(one);
    expect(alone).toBeLessThan(one + 3 * 50e-6);
    const [quarter, full] = [seconds("tp=4", part("decode", 64)), seconds("tp=4,pp=4", part("decode", 256))];
    expect(full / quarter).toBeGreaterThan((4 * 16) / 61 - 0.01);
    expect(full / quarter).toBeLessThan((4 * 16) / 61 + 0.02);
  });

  it("sends a lone token to its experts, whatever the number of stages", () => {
    const experts = (parallel: string): number =>
      decodeOn(divided("deepseek-v3", parallel), { users: 1, tokens: 1024 }).pass.feedForwardSeconds;
    expect(experts("tp=4,pp=4") / experts("tp=4")).toBeCloseTo(1, 9);
  });
});

describe("fastestPrefill", () => {
  const divisions = divisionsOf(on("deepseek-v3"), "prefill");

  it.each([131_072, 2 ** 20])(
    "finds a prefill of %i tokens that none of those tried here beats",
    (tokens) => {
      const found = fastestPrefill(divisions, prompt(tokens))!;
      expect(found.lack).toEqual({ hbm: 0, host: 0 });
      for (const parallel of [
        "tp=8",
        "tp=8,cp=8",
        "tp=8,pp=4",
        "tp=8,pp=8",
        "tp=4,cp=4,pp=4",
        "tp=16,cp=2,pp=2",
      ])
        for (const chunk of chunkSizes) {
          const other = prefillOn(divided("deepseek-v3", parallel), prompt(tokens, chunk));
          if (other.lack.hbm === 0) expect(found.seconds).toBeLessThanOrEqual(other.seconds * 1.001);
        }
    },
  );

  it("chooses the size of chunks where none is given: small ones for many stages", () => {
    const division = divided("deepseek-v3", "tp=4,pp=8");
    const found = prefillOn(division, prompt(131_072));
    const all = chunkSizes.map((chunk) => prefillOn(division, prompt(131_072, chunk)).seconds);
    expect(found.seconds).toBe(Math.min(...all));
    expect(found.chunkTokens).toBeLessThan(32_768);
    expect(prefillOn(divided("deepseek-v3", "tp=4"), prompt(131_072)).chunkTokens).toBe(32_768);
  });
});

describe("context parallelism over chunks", () => {
  it("passes on the keys of earlier chunks too, which a fast link hides behind attention", () => {
    const links = (cachedTokens: number, parallel = "tp=4,cp=4", bandwidth = 1): number => {
      const division = divided("llama-3.1-405b", parallel);
      const { machine } = division;
      const { gpu } = machine.system;
      const nvlink = { ...gpu.nvlink!, value: gpu.nvlink!.value * bandwidth };
      const slow = { ...machine, system: { ...machine.system, gpu: { ...gpu, nvlink } } };
      const part: Part = { phase: "prefill", sequences: 1, newTokens: 8192, cachedTokens };
      return passOf(deploymentOf({ ...division, machine: slow }), [part]).linkSeconds;
    };
    expect(links(1_000_000)).toBeCloseTo(links(0), 12);
    // at a hundredth of the bandwidth the keys of 2M tokens take longer than attention to them
    expect(links(2_000_000, "tp=4,cp=4", 0.01)).toBeGreaterThan(1.5 * links(1_000_000, "tp=4,cp=4", 0.01));
  });
});

describe("a time that a prefill takes at least", () => {
  it.each(names)("is no longer than the time of any look at it: %s", (name) => {
    const prefilling = { prompts: 1, tokens: 2 ** 20 - 77, cachedTokens: 0 };
    for (const parallel of ["tp=1", "tp=4", "tp=2,pp=4", "cp=4"])
      for (const each of chunkingsOf(divided(name, parallel), prefilling)) {
        const chunks = chunksOf(each, prefilling);
        const [first, rough] = [leastSeconds(chunks, 1), leastSeconds(chunks, 3)];
        expect(first).toBeLessThanOrEqual(rough * (1 + 1e-9));
        expect(rough).toBeLessThanOrEqual(nearlySeconds(chunks) * (1 + 1e-9));
        expect(first).toBeLessThanOrEqual(nearlySeconds(chunks, 3) * (1 + 1e-9));
      }
  });
});
