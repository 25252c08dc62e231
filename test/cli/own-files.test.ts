import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { attnsim, attnsimJson } from "./attnsim.ts";

/** Every command that takes a system or a model takes a file of the user's own in its place. */
const folder = mkdtempSync(join(tmpdir(), "attnsim-own-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const model = join(folder, "own-model.json");
copyFileSync(new URL("../hardware/configs/llama-3.1-8b.json", import.meta.url), model);
const system = join(folder, "own-rack.yaml");
writeFileSync(system, "extends: gb300-nvl72\nname: own-rack\ngpu: { hbm: 96GB }\n");
const results = join(folder, "results.csv");
writeFileSync(
  results,
  [
    "task,variant,tokensNominal,score",
    "graphwalks,dense,32768,0.9",
    "graphwalks,dsa(k=2048),32768,0.8",
    "graphwalks,not-loaded,32768,0.7",
  ].join("\n"),
);
const on = ["--system", system, "--model", model];
const few = [...on, "--gpus", "8"];

interface Named {
  readonly system: string;
  readonly model: string;
}

it("shows control characters of a file as escapes, in errors and tables", async () => {
  const path = join(folder, "escape.yaml");
  writeFileSync(path, String.raw`"\e]0;title\a\e[31mkey": 1`);
  const { code, err } = await attnsim("hardware", "memory", "--system", path);
  expect(code).toBe(2);
  expect(err).toContain(String.raw`a system has no "\u001b]0;title\u0007\u001b[31mkey"`);
  const named = join(folder, "named.yaml");
  writeFileSync(named, String.raw`{ extends: gb300-nvl72, name: "my\e[31mrack" }`);
  const { out } = await attnsim(
    "hardware",
    "memory",
    "--system",
    named,
    "--model",
    "qwen3-8b",
    "--context",
    "8K",
  );
  expect(out).toContain(String.raw`my\u001b[31mrack`);
  expect(out).not.toContain("\u001b");
});

describe("files of one's own", () => {
  const rows = async (...words: string[]): Promise<readonly Named[]> =>
    (await attnsimJson<{ rows: readonly Named[] }>(...words)).rows;

  it.each([
    ["memory", on],
    ["prefill", few],
    ["decode", few],
    ["serve", few],
    ["pareto", few],
  ])("hardware %s", async (command, words) => {
    const context = ["serve", "pareto"].includes(command) ? ["--input", "8K"] : ["--context", "8K"];
    const found = await rows("hardware", command, ...words, ...context);
    expect(found.length).toBeGreaterThan(0);
    for (const row of found) expect(row).toMatchObject({ system: "own-rack", model: "own-model" });
  });

  it("hardware decode counts the bytes of the file's own rack: 8 x 96 GB and not 8 x 288", async () => {
    const wide = ["--users", "2000", "--context", "32K", "--gpus", "8"];
    // 32 layers x 8 kv heads x 128 x 2 bytes of fp8 K and V x 32,768 tokens = 2.15 GB; 2000 users take 4.3 TB
    const short = async (rack: string): Promise<number> => {
      const found = await attnsimJson<{ rows: readonly { shortBytes: number }[] }>(
        ...["hardware", "decode", "--system", rack, "--model", model, ...wide],
      );
      return found.rows[0]!.shortBytes;
    };
    expect(await short(system)).toBeGreaterThan(await short("gb300-nvl72"));
  });

  it("frontier", async () => {
    const out = join(folder, "frontier");
    const chosen = ["--variant", "dense", "dsa"];
    const words = ["frontier", "--results", results, ...few, ...chosen, "--users", "8", "--out", out];
    const { points } = await attnsimJson<{ points: readonly (Named & { variant: string; score: number })[] }>(
      ...words,
    );
    expect(points).toMatchObject([
      { system: "own-rack", model: "own-model", variant: "dense", score: 0.9 },
      { variant: "dsa(k=2048)", score: 0.8 },
    ]);
    expect(readFileSync(join(out, "data.csv"), "utf8").trim().split("\n")).toHaveLength(3);
  });

  it("frontier says which variant has no rows", async () => {
    const { code, err } = await attnsim(
      "frontier",
      "--results",
      results,
      ...few,
      "--variant",
      "dense",
      "moba",
    );
    expect(code).toBe(2);
    expect(err).toContain("has no rows of moba; it has dense, dsa, not-loaded");
  });

  it("explain", async () => {
    const out = join(folder, "explain");
    const { base } = await attnsimJson<{
      base: { cost: { bytesPerUser: number; systems: readonly { system: string }[] } };
    }>(
      ...["explain", "--from", "results/calibrate/calibration.json", "--priced", model, "--system", system],
      ...["--variant", "quest", "--no-rivals", "--trials", "2", "--context", "1M", "--out", out],
    );
    // 32 layers x 8 kv heads x 128 x 2 x 1 B x 2^20 tokens
    expect(base.cost.bytesPerUser).toBe(32 * 8 * 128 * 2 * 2 ** 20);
    expect(base.cost.systems.map((rack) => rack.system)).toEqual(["own-rack"]);
  });

  it("run --budget", async () => {
    const out = join(folder, "run");
    const { code, err } = await attnsim(
      ...["run", "--task", "graphwalks", "--variant", "quest", "--tokens", "4K", "--trials", "1"],
      ...["--mode", "mean-field", "--budget", `system=${system},model=${model},users=4`, "--out", out],
    );
    expect([code, err]).toEqual([0, expect.stringContaining("1 trials to run")]);
    expect(readFileSync(join(out, "data.csv"), "utf8")).toContain("own-rack,own-model,4");
  });

  it.each([
    [system, "systems", "own-rack"],
    [model, "models", "own-model"],
  ])("describe and hardware show %s", async (path, kind, name) => {
    expect(await attnsimJson("describe", path)).toMatchObject({ kind, name });
    expect(await attnsimJson("hardware", "show", path)).toMatchObject({ name });
  });

  it("refuses a file that is called like another machine in the same table", async () => {
    const twin = join(folder, "twin.yaml");
    writeFileSync(twin, "extends: gb300-nvl72\nname: gb300-nvl72\ngpu: { hbm: 96GB }\n");
    const { code, err } = await attnsim(
      "hardware",
      "memory",
      "--system",
      `gb300-nvl72,${twin}`,
      "--model",
      model,
    );
    expect(code).toBe(2);
    expect(err).toContain('are both named "gb300-nvl72"');
  });
});
