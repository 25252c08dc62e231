import { describe, expect, it, vi } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { hasEffect } from "../../src/deployment/model-cost.ts";
import { models } from "../../src/hardware/models/all.ts";
import { main } from "../../src/cli/program.ts";

async function run(line: string): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = (["log", "error"] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation(() => undefined),
  );
  try {
    const code = await main(line.split(" "));
    return { code, out: out!.mock.calls.flat().join("\n"), err: err!.mock.calls.flat().join("\n") };
  } finally {
    vi.restoreAllMocks();
  }
}

interface Printed {
  readonly assumptions: readonly string[];
  readonly rows: readonly Readonly<Record<string, number | string>>[];
}

const rowsOf = async (line: string): Promise<Printed["rows"]> =>
  (JSON.parse((await run(`${line} --json`)).out) as Printed).rows;

describe("attnsim hardware memory", () => {
  it("tables users of every rack and model, without colours, and what is assumed", async () => {
    const { code, out } = await run(
      "hardware memory --variant dense --context 1M --kv-dtype bf16,fp8,nvfp4 --beyond",
    );
    expect(code).toBe(0);
    const lines = out.split("\n");
    const changed = [...models].filter((model) => hasEffect(model, parseSpec("dense")));
    expect(out).toContain("left out: dense has no effect on kimi-linear");
    expect(lines[0]).toMatch(
      /^system +model +attention +KV as +context +divided as +weights +left +KV a user +KV a token +state a user +users a GPU +users a rack/,
    );
    expect(lines.filter((line) => line.startsWith("gb"))).toHaveLength(2 * changed.length * 3);
    expect(out).toContain("the division of the model that holds the most users");
    expect(out).toContain("weights in nvfp4");
    expect(out).not.toContain("\u001b");
  });

  it("takes each model's own attention: DeepSeek-V3.2 keeps its records and the index of DSA", async () => {
    const [gb200, gb300] = await rowsOf("hardware memory --model deepseek-v3.2 --context 1M --beyond");
    expect(gb200).toMatchObject({
      variant: "dsa(indexHeads=64)",
      kvDtype: "fp8",
      keptBytes: 61 * 656 * 2 ** 20,
    });
    expect((Number(gb200!["keptBytes"]) + Number(gb200!["indexKeptBytes"])) / 1e9).toBeCloseTo(50.4, 1);
    expect(gb200).toMatchObject({ parallel: "dp=36,ep=36,pp=2", usersPerRack: 216 });
    expect(gb300).toMatchObject({ parallel: "dp=18,kvp=2,ep=36,pp=2", usersPerRack: 342 });
  });

  it("says what a number of users lacks, and an override helps", async () => {
    const line =
      "hardware memory --system gb200-nvl72 --model deepseek-v3 --variant dense+nvfp4 --context 1M --beyond --users 1000";
    const [own] = await rowsOf(line);
    expect(own).toMatchObject({ system: "gb200-nvl72", kvDtype: "nvfp4", users: 1000 });
    expect(own!["shortBytes"]).toBeGreaterThan(8e12);
    const [large] = await rowsOf(`${line} --hbm-gb 400`);
    expect(large!["shortBytes"]).toBe(0);
    expect((await run(`${line} --hbm-gb 400`)).out).toContain("gpu.hbm=400GB, as given");
  });
});

describe("attnsim hardware memory in Grace's LPDDR", () => {
  const line =
    "hardware memory --system gb200-nvl72 --model deepseek-v3.2 --variant dsa(indexHeads=64)+grace --context 1M --beyond --users 500";

  it("says what the host lacks", async () => {
    const [row] = await rowsOf(line);
    const user = 61 * 656 * 2 ** 20;
    expect(row).toMatchObject({ keptBytes: 0, hostBytes: user, shortBytes: 0 });
    // nine groups, each with the memory of four processors
    expect(row!["usersPerRack"]).toBe(9 * Math.floor((4 * 480e9) / user));
    expect(row!["hostShortBytes"]).toBeCloseTo(500 * user - 36 * 480e9, -1);
    const [large] = await rowsOf(`${line} --set host.memory=960GB`);
    expect(large!["hostShortBytes"]).toBe(0);
  });

  it("explains every number with what it rests on", async () => {
    const { out } = await run(`${line} --explain`);
    expect(out).toMatch(/usable HBM +14.3 TB +72 x 199 GB: AIConfigurator, systems\/gb200.yaml/);
    expect(out).toMatch(/divided as +dp=9,kvp=8,ep=72 +72 GPUs/);
    expect(out).toMatch(/weights: experts +414 GB +routed experts: 654 G in nvfp4, 0.563 B each with scales/);
    expect(out).toMatch(/weights: router +15.3 GB +routers: 106 M in bf16/);
    expect(out).toMatch(/activations +186 GB +72 GPUs, each 8192 tokens of a pass x 2 x 7168 x 22 B/);
    expect(out).toMatch(/expert exchange +1.22 TB/);
    expect(out).toMatch(/CUDA graphs a user +2.1 MB/);
    expect(out).toMatch(/host memory short for 500 +3.7 TB/);
    const [row] = await rowsOf(`${line} --explain`);
    expect(row!["parts"]).toContainEqual({
      part: "index a user",
      amount: "8.44 GB",
      how: "cost formulas; always in HBM",
    });
  });
});

describe("attnsim hardware decode", () => {
  it("grows with context and users, and a faster link or memory shortens it", async () => {
    const line =
      "hardware decode --system gb300-nvl72 --model deepseek-v3 --variant dense --users 1,256 --beyond";
    const [short1, short256, long1, long256] = (await rowsOf(line)).map((row) => Number(row["seconds"]));
    expect(short256).toBeGreaterThan(short1!);
    expect(long1).toBeGreaterThan(short1!);
    expect(long256).toBeGreaterThan(short256!);
    const last = async (more: string): Promise<number> =>
      Number((await rowsOf(line + more)).at(-1)!["seconds"]);
    expect(await last(" --hbm-gbps 16000")).toBeLessThan(long256!);
    expect(await last(" --nvlink-gbps 450")).toBeGreaterThan(long256!);
    const ideal = (await rowsOf(`${line} --profile ideal`)).map((row) => Number(row["seconds"]));
    for (const [i, seconds] of [short1, short256, long1, long256].entries())
      expect(ideal[i]).toBeLessThan(seconds!);
    expect((await run(`${line} --profile ideal`)).out).toContain("a lower bound");
  });
});

describe("attnsim hardware show", () => {
  it("prints every number with its source", async () => {
    const { out } = await run("hardware show deepseek-v3.2");
    expect(out).toMatch(/attention\.0\.record\.fp8 +656 B +vLLM, FlashMLA sparse/);
  });
});

it.each([
  ["hardware memory --system gb200", 'unknown system "gb200"; known: h100, h200, b200'],
  ["hardware memory --model llama", 'unknown model "llama"; known: llama-3.1-405b'],
  ["hardware memory --system h100 --model deepseek-v3 --variant dense+grace", "h100 has no host"],
  ["hardware memory --set gpu.hbm=1", "gpu.hbm must be a number > 0 in B"],
  ["hardware memory --system ./none.yaml", "cannot read ./none.yaml: there is no such file"],
  ["hardware show none.json", "cannot read none.json: there is no such file"],
  ["hardware memory --kv-dtype int4", 'unknown kv dtype "int4"; known: f32, bf16, fp8, nvfp4'],
  ["hardware memory --weights int3", 'a checkpoint (nvidia/DeepSeek-R1-FP4) or part=format; got "int3"'],
  ["hardware memory --variant nope", 'unknown attention variant "nope"'],
  ["hardware show b100", 'unknown system or model "b100"; known: h100'],
])("%s is wrong usage, and says so", async (line, message) => {
  const { code, err } = await run(line);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

it.each([
  ["h200 --weights nvfp4", "nvfp4 as W4A16 at the bf16 rate, bf16 in bf16"],
  [
    "h200 --weights nvfp4 --attention-weights fp8",
    "fp8 in fp8, nvfp4 as W4A16 at the bf16 rate, bf16 in bf16",
  ],
  ["gb200-nvl72 --weights nvfp4", "nvfp4 as W4A4 at the fp4 rate, bf16 in bf16"],
  [
    "gb200-nvl72 --weights experts=mxfp4,attention=bf16,shared=bf16,dense=bf16",
    "bf16 in bf16, mxfp4 as W4A8",
  ],
])("hardware decode --system %s says in which precision it multiplies", async (line, products) => {
  const on = `hardware decode --model deepseek-v3 --context 8K --users 8 --parallel dp=8 --system ${line}`;
  const said = `products on ${line.split(" ")[0]!}: ${products}`;
  const { out } = await run(on);
  expect(out.slice(out.indexOf("assumed:"))).toContain(said);
  const { assumptions } = JSON.parse((await run(`${on} --json`)).out) as Printed;
  expect(assumptions.some((each) => each.startsWith(said))).toBe(true);
});
