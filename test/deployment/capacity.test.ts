import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { divisionOf } from "../../src/deployment/division.ts";
import type { ModelOnSystem } from "../../src/deployment/division.ts";
import { cacheBytesOn, lackOn, memoryOn, userBytesOn } from "../../src/deployment/memory.ts";
import { memoryParts } from "../../src/deployment/memory-parts.ts";
import { modelFromConfig } from "../../src/hardware/config/model.ts";
import { passMemory, sequenceMemory } from "../../src/hardware/memory.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { override } from "../../src/hardware/overrides.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import { systems } from "../../src/hardware/systems/all.ts";

const qwen = modelFromConfig(
  { name: "qwen3-32b", summary: "", sources: [] },
  {
    model_type: "qwen3",
    num_hidden_layers: 64,
    hidden_size: 5120,
    vocab_size: 151_936,
    num_attention_heads: 64,
    num_key_value_heads: 8,
    head_dim: 128,
    intermediate_size: 25_600,
    quantization_config: {
      quant_method: "fp8",
      weight_block_size: [128, 128],
      modules_to_not_convert: ["lm_head"],
    },
  },
  { title: "Qwen/Qwen3-32B-FP8, config.json", url: "" },
);
const llama = models.get("llama-3.1-8b");

/**
 * Sequences that TensorRT-LLM held at once, as measured: AIConfigurator 095f58a,
 * tests/integration/test_trtllm_kv_cache_capacity.py. Caches in bf16 of input + output + 1,000 tokens, and passes of
 * twice the input.
 */
const measured: [
  system: string,
  model: Model,
  tp: number,
  input: number,
  output: number,
  share: number,
  users: number,
][] = [
  ["h100", qwen, 1, 2048, 2048, 0.8, 27],
  ["h100", qwen, 2, 2048, 2048, 0.8, 75],
  ["h100", qwen, 4, 2048, 2048, 0.8, 169],
  ["h100", qwen, 2, 4096, 4096, 0.8, 41],
  ["h100", qwen, 4, 4096, 4096, 0.8, 93],
  ["gb300-nvl72", qwen, 1, 2048, 2048, 0.8, 153],
  ["gb300-nvl72", qwen, 1, 2048, 2048, 0.9, 172],
  ["gb300-nvl72", qwen, 2, 4096, 4096, 0.9, 203],
  ["gb300-nvl72", qwen, 4, 4096, 2048, 0.9, 539],
  ["h100", llama, 1, 2048, 2048, 0.8, 78],
  ["h100", llama, 4, 2048, 2048, 0.8, 363],
  ["h100", llama, 2, 4096, 4096, 0.8, 96],
  ["gb300-nvl72", llama, 1, 2048, 2048, 0.8, 330],
  ["gb300-nvl72", llama, 1, 2048, 2048, 0.9, 372],
  ["gb300-nvl72", llama, 2, 4096, 2048, 0.9, 544],
  ["gb300-nvl72", llama, 4, 2048, 2048, 0.9, 1542],
];

it.each(measured)("on %s, a model with tp=%4$i holds as many users as measured", (...row) => {
  const [system, model, tp, input, output, share, users] = row;
  const division = divisionOf(
    {
      system: override(systems.get(system), [`reserved.share=${share}`]),
      model,
      spec: parseSpec("dense"),
      kvDtype: "bf16",
      weights: "as-shipped",
      limits: { chunkTokens: 2 * input, draftTokens: 0 },
    },
    parseParallel(`tp=${tp}`, model),
  );
  const predicted = memoryOn(division, input + output + 1000).users;
  expect(Math.abs(predicted / users - 1)).toBeLessThan(0.03);
});

const on = (model: Model, change: Partial<ModelOnSystem> = {}): ModelOnSystem => ({
  system: systems.get("gb200-nvl72"),
  model,
  spec: parseSpec(nativeOf(model)),
  kvDtype: "fp8",
  weights: "nvfp4",
  ...change,
});

describe("memory never falls as work grows", () => {
  const sum = (parts: readonly { readonly bytes: number }[]) =>
    parts.reduce((total, { bytes }) => total + bytes, 0);
  const larger = (model: Model, key: "hidden" | "vocabulary"): Model => ({
    ...model,
    [key]: { ...model[key], value: 2 * model[key].value },
  });

  it.each([...models].map((model) => model))("$name", (model) => {
    for (const parallel of ["tp=8", "dp=8", "cp=4,dp=2"].map((text) => parseParallel(text, model))) {
      const passes = (of: Model, chunkTokens: number) =>
        sum(passMemory(of, parallel, { chunkTokens, draftTokens: 0 }));
      const users = (of: Model, draftTokens: number) =>
        sum(sequenceMemory(of, parallel, { chunkTokens: 0, draftTokens }));
      expect(passes(model, 0)).toBeGreaterThan(0);
      expect(passes(model, 65_536)).toBeGreaterThan(passes(model, 16_384));
      expect(passes(larger(model, "hidden"), 16_384)).toBeGreaterThanOrEqual(passes(model, 16_384));
      expect(users(larger(model, "vocabulary"), 0)).toBeGreaterThan(users(model, 0));
      expect(users(model, 2)).toBeGreaterThan(users(model, 0));
      expect(users(larger(model, "hidden"), 0)).toBeGreaterThanOrEqual(users(model, 0));
      const room = (chunkTokens: number, draftTokens: number) =>
        cacheBytesOn(divisionOf(on(model, { limits: { chunkTokens, draftTokens } }), parallel));
      expect(room(65_536, 0)).toBeLessThan(room(8192, 0));
      expect(room(8192, 1)).toBeLessThan(room(8192, 0));
    }
  });
});

describe("users of a division", () => {
  const model = models.get("deepseek-v3");
  const at = (change: Partial<ModelOnSystem> = {}) =>
    divisionOf(on(model, change), parseParallel("dp=8", model));

  it("keep room for logits and CUDA graphs when caches are short", () => {
    const { free, hbm, working, user, users, groups } = memoryOn(at(), 16);
    const each = user.kept + user.pages;
    expect(each).toBeLessThan(working);
    expect(users).toBe(groups * Math.floor(free / groups / (each + working)));
    expect(users * each).toBeLessThan(hbm);
    expect(lackOn(at(), users, 16).hbm).toBe(0);
    expect(lackOn(at(), users + 1, 16).hbm).toBeGreaterThan(0);
  });

  it("have whole pages of 32 tokens, and with kvp a whole page on each GPU", () => {
    const user = userBytesOn(at(), 33);
    expect(user.kept + user.pages).toBe(61 * 64 * 576);
    const shared = divisionOf(on(model), parseParallel("kvp=4", model));
    expect(userBytesOn(shared, 33).pages).toBe(61 * (128 - 33) * 576);
    expect(userBytesOn(at(), 64).pages).toBe(0);
  });

  it("have a cache for the layer that drafts, whose weights are those of DeepSeek-V3's module", () => {
    const drafting = at({ limits: { chunkTokens: 8192, draftTokens: 3 } });
    expect(userBytesOn(drafting, 64).drafts).toBe(64 * 576);
    // README_WEIGHTS.md: 11.5B parameters of its own, of which experts are shared by 8 GPUs
    const one = divisionOf(
      on(model, { limits: { chunkTokens: 8192, draftTokens: 1 }, weights: "bf16" }),
      parseParallel("tp=1", model),
    );
    const rows = memoryParts(memoryOn(one, 64), { users: 1, lack: { hbm: 0, host: 0 } });
    expect(rows.find(({ part }) => part === "weights: drafts")!.amount).toBe("23.2 GB");
  });

  it("are fewer with 0 chunk tokens left out than with a chunk", () => {
    const decoding = at({ limits: { chunkTokens: 0, draftTokens: 0 } });
    expect(cacheBytesOn(decoding)).toBeGreaterThan(cacheBytesOn(at()));
  });
});
