import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { divisionOf } from "../../src/deployment/division.ts";
import type { ModelOnSystem } from "../../src/deployment/division.ts";
import { engineCache, whyNoEngineRule } from "../../src/deployment/engine-cache.ts";
import type { EngineUse } from "../../src/deployment/engine-cache.ts";
import { hbmBytes, memoryOn, userBytesOn } from "../../src/deployment/memory.ts";
import { engineRuleNames } from "../../src/hardware/engine-rules/all.ts";
import type { EngineRuleName } from "../../src/hardware/engine-rules/all.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import { systems } from "../../src/hardware/systems/all.ts";

const use = (rule: EngineRuleName, tp = 1, kvp = 1): EngineUse => ({
  rule,
  kvDtype: "bf16",
  parallel: { tp, kvp },
  batchedTokens: 8192,
});

const nativeCache = (name: string, asked: EngineUse) =>
  engineCache(models.get(name), parseSpec(nativeOf(models.get(name))), asked);

const on = (name: string, engineRule?: EngineRuleName): ModelOnSystem => ({
  system: systems.get("gb200-nvl72"),
  model: models.get(name),
  spec: parseSpec(nativeOf(models.get(name))),
  kvDtype: "bf16",
  weights: "nvfp4",
  engineRule,
});

const divided = (name: string, parallel: string, rule?: EngineRuleName) =>
  divisionOf(on(name, rule), parseParallel(parallel, models.get(name)));

describe("cache that an engine sets aside for a model", () => {
  it("is 6.09 and 12.0 GiB for 32 sequences of 8,192 tokens of gpt-oss-20b", () => {
    const of = (rule: EngineRuleName): number =>
      (32 * nativeCache("gpt-oss-20b", use(rule)).bytes(8192)) / 2 ** 30;
    expect(of("ideal")).toBeCloseTo(6.09, 2);
    expect(of("vllm")).toBeCloseTo(12.01, 2);
    expect(of("trtllm")).toBe(12);
  });

  it("is the same among GPUs that share the heads, and has copies where there are more of them than heads", () => {
    for (const rule of engineRuleNames) {
      const [one, eight, sixteen] = [1, 8, 16].map((tp) =>
        nativeCache("llama-3.1-8b", use(rule, tp)).bytes(8192),
      );
      expect(eight).toBe(one);
      expect(sixteen).toBe(2 * one!);
    }
  });

  it("is the same among GPUs that share each cache, but for their pages", () => {
    const one = nativeCache("llama-3.1-8b", use("vllm")).bytes(8200);
    const four = nativeCache("llama-3.1-8b", use("vllm", 1, 4)).bytes(8200);
    expect(four).toBeGreaterThanOrEqual(one);
    expect(four / one).toBeLessThan(1.01);
  });

  it("counts states and latent records as the costs of the layers do", () => {
    const { fixed, slope } = nativeCache("kimi-linear", use("ideal"));
    const user = userBytesOn(divided("kimi-linear", "tp=1,ep=1"), 2 ** 20);
    expect(fixed).toBe(user.state);
    expect(slope * 2 ** 20).toBe(user.kept);
  });

  it("refuses records beside a window and placements, and says what is allowed", () => {
    const v4 = models.get("deepseek-v4-pro");
    expect(whyNoEngineRule(v4, parseSpec(nativeOf(v4)), "fp8")).toMatch(
      /no engine's rule is known for .*allowed/,
    );
    expect(() => nativeCache("deepseek-v4-pro", use("vllm"))).toThrow(/records beside a window/);
    const v3 = models.get("deepseek-v3");
    expect(whyNoEngineRule(v3, parseSpec("dense+grace"), "fp8")).toMatch(/caches in HBM; got dense\+grace/);
    expect(whyNoEngineRule(v3, parseSpec("dense"), "fp8")).toBeUndefined();
  });
});

describe.each(engineRuleNames)("memory of a division under the rule %s", (rule) => {
  it("holds what the rule sets aside, and users by it", () => {
    for (const [name, parallel] of [
      ["gpt-oss-20b", "tp=4,dp=9,ep=36,pp=2"],
      ["qwen3.5-397b", "tp=2,dp=36,ep=72"],
      ["deepseek-v3.2", "dp=72,ep=72"],
    ] as const) {
      const division = divided(name, parallel, rule);
      const { tp } = division.parallel;
      const bytes = nativeCache(name, use(rule, tp)).bytes(100_000);
      expect(hbmBytes(userBytesOn(division, 100_000)) / bytes).toBeCloseTo(1, 9);
      const [ruled, usual] = [division, divided(name, parallel)].map((each) => memoryOn(each, 100_000).users);
      if (rule !== "ideal") expect(ruled).toBeLessThanOrEqual(usual! * 1.001);
    }
  });
});
