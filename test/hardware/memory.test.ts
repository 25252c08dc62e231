import { describe, expect, it } from "vitest";
import {
  hostMemory,
  pageTokens,
  passMemory,
  sequenceMemory,
  usualLimits,
} from "../../src/hardware/memory.ts";
import type { WorkingPart } from "../../src/hardware/memory.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import { override } from "../../src/hardware/overrides.ts";
import { systems } from "../../src/hardware/systems/all.ts";

const llama = models.get("llama-3.1-8b");
const v3 = models.get("deepseek-v3");
const qwen = models.get("qwen3-235b");

const bytesOf = (parts: readonly WorkingPart[]) =>
  Object.fromEntries(parts.map(({ part, bytes }) => [part, bytes]));

/** Memory of a pass of 8,192 tokens: AIConfigurator's 2 x width x multiple bytes a token. */
const pass = (model: typeof llama, parallel: string, chunkTokens = 8192) =>
  bytesOf(passMemory(model, parseParallel(parallel, model), { chunkTokens, draftTokens: 0 }));

describe("memory that a server sets aside for passes", () => {
  it.each([
    // hidden 4,096: 11, 6.5 and 5 times, by the GPUs that share heads
    [llama, "tp=1", 2 * 4096 * 11 * 8192],
    [llama, "tp=2", 2 * 4096 * 6.5 * 8192],
    [llama, "tp=4", 2 * 4096 * 5 * 8192],
    [llama, "tp=8", 2 * 4096 * 5 * 8192],
    // mixtures: 22, 13 and 10 times; latent records leave the hidden states, 7,168, the wider ones
    [v3, "tp=1", 2 * 7168 * 22 * 8192],
    [v3, "tp=2", 2 * 7168 * 13 * 8192],
    [v3, "tp=16", 2 * 7168 * 10 * 8192],
    // 64 heads of 128 are wider than hidden states of 4,096
    [qwen, "tp=4", 2 * 8192 * 10 * 8192],
  ])("$name, %s: activations take %i B", (model, parallel, bytes) => {
    expect(pass(model, parallel)).toEqual({ activations: bytes, "expert exchange": 0 });
  });

  it("has 70 MiB of activations at least, and a share of the prompt on each GPU that shares it", () => {
    expect(pass(llama, "tp=1", 0)["activations"]).toBe(70 * 2 ** 20);
    expect(pass(llama, "tp=1", 814)["activations"]).toBe(70 * 2 ** 20);
    expect(pass(llama, "tp=1", 815)["activations"]).toBe(815 * 90_112);
    expect(pass(llama, "cp=4", 8192)["activations"]).toBe(2048 * 90_112);
  });

  it.each([
    // 4 x 7,168 B of hidden states and 8 B for each of 8 experts are 28,736 B
    ["dp=8", 8 * 28_736 * 8192],
    ["tp=2,dp=4", 4 * 28_736 * 8192],
    ["cp=2", 2 * 28_736 * 4096],
    ["tp=8", 0],
  ])("deepseek-v3, %s: buffers of experts' exchanges take %i B", (parallel, bytes) => {
    expect(pass(v3, parallel)["expert exchange"]).toBe(bytes);
  });

  it("has no buffers of exchanges without experts", () => {
    expect(pass(llama, "dp=8")["expert exchange"]).toBe(0);
  });
});

describe("memory of a sequence that decodes", () => {
  const user = (model: typeof llama, parallel: string, draftTokens: number) =>
    bytesOf(sequenceMemory(model, parseParallel(parallel, model), { chunkTokens: 0, draftTokens }));

  it("is 10 B a logit, 2 MiB of graphs and the activations of a token", () => {
    expect(user(llama, "tp=1", 0)).toEqual({
      "logits a user": 128_256 * 10,
      "CUDA graphs a user": 2 ** 21,
      "activations a user": 90_112,
    });
  });

  it("grows with the tokens that are drafted, but for the graphs", () => {
    expect(user(v3, "dp=8", 3)).toEqual({
      "logits a user": 4 * 129_280 * 10,
      "CUDA graphs a user": 2 ** 21,
      "activations a user": 4 * 2 * 7168 * 22,
      "expert exchange a user": 4 * 8 * 28_736,
    });
  });
});

it("takes the defaults of the engines: passes of 8,192 tokens without drafts, pages of 32", () => {
  expect(usualLimits).toEqual({ chunkTokens: 8192, draftTokens: 0 });
  expect(pageTokens.value).toBe(32);
});

it("the host's memory is that of all its processors", () => {
  expect(hostMemory(override(systems.get("gb200-nvl72"), ["host.processors=36", "host.memory=480GB"]))).toBe(
    36 * 480e9,
  );
  expect(() => hostMemory(systems.get("h100"))).toThrow("a placement in the host's memory");
});
