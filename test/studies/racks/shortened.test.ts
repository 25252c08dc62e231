import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { attnsim } from "../../cli/attnsim.ts";

const file = join(mkdtempSync(join(tmpdir(), "attnsim-short-")), "short.json");
writeFileSync(
  file,
  JSON.stringify({
    model_type: "llama",
    num_hidden_layers: 4,
    hidden_size: 512,
    vocab_size: 32_000,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    intermediate_size: 1024,
    max_position_embeddings: 8192,
  }),
);
const on = ["--system", "gb200-nvl72", "--model", file];

describe("a model made for fewer tokens than the usual lengths", () => {
  it.each(["memory", "decode", "prefill"])("has its longest context in hardware %s", async (command) => {
    const { code, out } = await attnsim("hardware", command, ...on);
    expect(code).toBe(0);
    expect(out).toMatch(/gb200-nvl72 +short +dense +fp8 +8192 /);
    expect(out).toContain("left out: 1048576 tokens of short, made for at most 8192");
  });

  it.each(["serve", "pareto"])("has prompts that leave room for the output in %s", async (command) => {
    const { code, out } = await attnsim("hardware", command, ...on, "--batch", "4");
    expect(code).toBe(0);
    expect(out).toMatch(/gb200-nvl72 +short +dense +fp8 +7168 /);
    expect(out).toContain("prompts of 7168 tokens: what the context of short leaves beside the output");
  });

  it("has the usual prompt if one insists on it", async () => {
    const { out } = await attnsim("hardware", "serve", ...on, "--batch", "1", "--beyond");
    expect(out).toMatch(/short +dense +fp8 +131072 /);
    expect(out).not.toContain("leaves beside the output");
  });

  it.each([
    ["decode", "--context", "64K"],
    ["serve", "--input", "64K"],
  ])("is refused lengths that one asks for in hardware %s", async (command, option, tokens) => {
    const { code, err } = await attnsim("hardware", command, ...on, option, tokens);
    expect(code).toBe(2);
    expect(err).toMatch(/made for at most 8192; --beyond insists/);
  });

  it("is refused a length of scores that one asks for in frontier", async () => {
    const drawn = ["--mean-field", "--task", "graphwalks", "--variant", "dense", "--trials", "1"];
    const { code, err } = await attnsim("frontier", ...drawn, "--tokens", "64K", ...on);
    expect(code).toBe(2);
    expect(err).toContain("65536 tokens of short, made for at most 8192");
  });
});

describe("--routing", () => {
  it("is refused where no model has experts", async () => {
    const { code, err } = await attnsim("hardware", "decode", ...on, "--routing", "even");
    expect(code).toBe(2);
    expect(err).toContain("short: no model asked for has experts, so that --routing has no effect");
  });

  it("names the models without experts beside others", async () => {
    const both = ["--model", "qwen3-8b", "--model", "qwen3-30b", "--context", "8K", "--users", "1"];
    const { code, out } = await attnsim("hardware", "decode", ...both, "--routing", "even");
    expect(code).toBe(0);
    expect(out).toContain("no experts, so that the routing has no effect: qwen3-8b");
  });
});
