import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { divisionOf } from "../../src/deployment/division.ts";
import type { ModelOnSystem } from "../../src/deployment/division.ts";
import { engineCache, whyNoEngineRule } from "../../src/deployment/engine-cache.ts";
import type { EngineUse } from "../../src/deployment/engine-cache.ts";
import { hbmBytes, memoryOn, userBytesOn } from "../../src/deployment/memory.ts";
import { engineRuleNames, engineRules } from "../../src/hardware/engine-rules/all.ts";
import type { EngineRuleName } from "../../src/hardware/engine-rules/all.ts";
import type { CachedLayers } from "../../src/hardware/engine-rules/rule.ts";
import { recordTokenBytes } from "../../src/hardware/engine-rules/sglang-records.ts";
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
    expect(() => nativeCache("deepseek-v4-pro", { ...use("vllm"), kvDtype: "bf16" })).toThrow(
      /vLLM's rule for records knows those of 512 numbers in FP8, 584 B; got 512 in 1024 B; allowed: fp8/,
    );
    const v3 = models.get("deepseek-v3");
    const why = (spec: string) => whyNoEngineRule(v3, parseSpec(spec), "fp8", "ideal");
    expect(why("csa")).toMatch(/no engine's rule is known for csa.*, which keeps records beside a window/);
    expect(why("dense+grace")).toMatch(/caches in HBM; got dense\+grace/);
    expect(why("dense")).toBeUndefined();
  });
});

describe("records beside a window (DeepSeek-V4)", () => {
  const fp8 = (rule: EngineRuleName): EngineUse => ({ ...use(rule), kvDtype: "fp8" });

  it("are the bytes that its costs count, without an engine", () => {
    const { fixed, slope } = nativeCache("deepseek-v4-flash", fp8("ideal"));
    expect(fixed).toBe(43 * 128 * 584);
    expect(slope).toBe(21 * (584 / 4 + 68 / 4) + (20 * 584) / 128);
  });

  it("take 7,033.45 B of each token of DeepSeek-V4-Flash in SGLang, with states in bf16 as its log has it", () => {
    // a log of sgl-project/sglang, "DSV4 memory calculation: bytes_per_full_token=7033.45", with SGLANG_DSV4_COMPRESS_STATE_DTYPE=bf16
    const raw = { layers: 2, tokenBytes: 584, window: 128 };
    const pooled = (layers: number, pool: number, indexWidth?: number): CachedLayers => ({
      layers,
      tokenBytes: 584 / pool,
      records: { pool, window: 128, rowBytes: 584, width: 512, ...(indexWidth && { indexWidth }) },
    });
    const layers = [raw, pooled(21, 4, 128), pooled(20, 128)];
    expect(recordTokenBytes(layers, 2)).toBeCloseTo(7033.45, 2);
    const { fixed, slope, bytes } = nativeCache("deepseek-v4-flash", fp8("sglang"));
    expect(slope).toBeCloseTo(recordTokenBytes(layers, 4), 6);
    expect(fixed).toBe(20 * 128 * 2 * 512 * 4);
    expect(bytes(128)).toBeCloseTo(fixed + slope * 1280, 3);
  });

  it("of other sizes than SGLang's are refused", () => {
    const records = { pool: 2, window: 128, rowBytes: 584, width: 512 };
    expect(engineRules.sglang.lacks?.({ layers: 1, tokenBytes: 292, records })).toBe(
      "SGLang's rule for records knows those of 4 and 128 tokens; got 2",
    );
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
