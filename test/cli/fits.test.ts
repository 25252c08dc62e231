import { describe, expect, it } from "vitest";
import { modelFromConfig } from "../../src/hardware/config/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";
import { readFileSync } from "node:fs";
import { emptyFolder } from "../runs/folder.ts";

type Rows = { readonly rows: readonly Readonly<Record<string, number | string | null>>[] };

const times = ["seconds", "attentionSeconds", "feedForwardSeconds", "linkSeconds"];

describe("what does not fit has no time", () => {
  // 671e9 weights of a byte do not fit 8 x 80 GB
  const on = ["--system", "h100", "--model", "deepseek-v3", "--context", "4K"];

  it.each([
    ["decode", [...times, "draftSeconds", "tpotSeconds", "tokensPerSecondPerUser", "tokensPerSecondPerGpu"]],
    ["prefill", [...times, "inputTokensPerSecondPerGpu", "flopsPerSecondPerGpu"]],
  ])("hardware %s", async (command, columns) => {
    const { rows } = await attnsimJson<Rows>("hardware", command, ...on);
    for (const row of rows) {
      // weights, and runtime with NCCL buffers, beyond what the drivers report
      expect(row["shortBytes"]).toBeGreaterThan(671e9 + 8 * 4.1e9 - 8 * 85.6e9);
      for (const column of columns) expect(row[column], column).toBeNull();
    }
    const { out } = await attnsim("hardware", command, ...on, "--explain");
    expect(out).toMatch(/ GB$/m);
    expect(out).not.toMatch(/\d (us|ms|s)\b/);
  });

  it("and what fits has one", async () => {
    const { rows } = await attnsimJson<Rows>("hardware", "decode", "--system", "gb300-nvl72", ...on.slice(2));
    for (const row of rows) {
      expect(row["shortBytes"]).toBe(0);
      expect(row["tpotSeconds"]).toBeGreaterThan(0);
    }
  });
});

it("refuses more GPUs than a system has", async () => {
  const { code, err } = await attnsim("hardware", "decode", "--system", "gb200-nvl72", "--gpus", "1000");
  expect([code, err]).toEqual([
    2,
    expect.stringContaining("gpus must be at most 72, those of gb200-nvl72; got 1000"),
  ]);
});

describe("a context beyond the model's", () => {
  const on = ["hardware", "memory", "--system", "gb300-nvl72", "--model", "llama-3.1-8b"];

  it("is named below the table where --beyond insists", async () => {
    const { code, out, err } = await attnsim(...on, "--context", "128K,1M", "--beyond");
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out).toContain(
      "beyond, as --beyond insists: 1048576 tokens of llama-3.1-8b, made for at most 131072\n",
    );
  });

  it("is none where it is within it", async () => {
    expect((await attnsim(...on, "--context", "128K", "--beyond")).out).not.toContain("beyond");
  });

  it("counts the answer of a request", async () => {
    const serve = [
      "hardware",
      "serve",
      "--system",
      "h200",
      "--model",
      "llama-3.1-8b",
      "--batch",
      "1",
      "--gpus",
      "1",
    ];
    const tooLong = [...serve, "--input", "128K", "--output", "1024"];
    const longer = "132096 tokens of llama-3.1-8b, made for at most 131072";
    expect((await attnsim(...tooLong, "--beyond")).out).toContain(longer);
    expect((await attnsim(...tooLong)).err).toContain(longer);
    const within = await attnsim(...serve, "--input", "64K", "--output", "1024");
    expect([within.code, within.err]).toEqual([0, ""]);
  });

  it.each([
    "deepseek-v3.2",
    "deepseek-v4-pro",
    "glm-5.2",
    "gpt-oss-120b",
    "kimi-k2",
    "kimi-k3",
    "qwen3.5-397b",
  ])("is that of the config.json: %s", (name) => {
    const config: unknown = JSON.parse(
      readFileSync(new URL(`../hardware/configs/${name}.json`, import.meta.url), "utf8"),
    );
    const read = modelFromConfig({ name, summary: "", sources: [] }, config, {
      title: "config.json",
      url: "",
    });
    expect(models.get(name).context?.value).toBe(read.context?.value);
    expect(read.context?.value).toBeGreaterThan(1e5);
  });
});

it("a table of budgets shows what each decided, and what does not fit", async () => {
  const { out } = await attnsim(
    ...["run", "--task", "graphwalks", "--variant", "oracle,dense+bf16", "--tokens", "4K", "--trials", "1"],
    ...["--mode", "mean-field", "--out", emptyFolder()],
    ...["--budget", "system=gb200-nvl72,model=deepseek-v3,users=300,context=1048576,beyond=true"],
    ...["--budget", "system=gb200-nvl72,model=deepseek-v3,users=5000,context=1048576,beyond=true"],
  );
  expect(out).toMatch(/^oracle .*k=\d+ (bf16|fp8|nvfp4)/m);
  expect(out).toMatch(/^dense\+bf16 .*does not fit$/m);
});
