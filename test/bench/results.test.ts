import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, expect, it } from "vitest";
import { writeBench } from "../../bench/results.ts";
import type { BenchResult, BenchRow } from "../../src/engines/bench/bench.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

const row: BenchRow = {
  workload: "decode-q1-64x8",
  engine: "wasm",
  threads: 2,
  ms: 1.23456789,
  msLow: 1,
  msHigh: 2,
  gbps: 10,
  gflops: 5,
  ofBandwidth: 0.5,
  ofFlops: 0.25,
  error: 1e-7,
};
const nothing = { ms: null, msLow: null, msHigh: null, gbps: null, gflops: null };
const wrong: BenchRow = { ...row, ...nothing, engine: "x", ofBandwidth: null, ofFlops: null, error: null };
const result: BenchResult = {
  limits: { bandwidth: { perSecond: 2e10, by: "wasm loads" }, flops: { perSecond: 2e10, by: "x gemm" } },
  rows: [row, wrong],
  ratios: [],
  failures: [],
};

it("writes measurements as CSV that its data package describes, and a figure", async () => {
  const paths = await writeBench(folder, result, { threads: 2, rounds: 3, versions: { wasm: "1.2.3" } });
  expect(paths).toEqual([join(folder, "bench.svg"), join(folder, "bench.png")]);
  const data = parse(read("data.csv"), { columns: true });
  expect(data).toHaveLength(2);
  expect(data[0]).toMatchObject({ workload: "decode-q1-64x8", engine: "wasm", ms: "1.235", ofFlops: "0.25" });
  expect(data[1]).toMatchObject({ engine: "x", ms: "", error: "" });
  const described = JSON.parse(read("datapackage.json")) as {
    resources: { path: string; schema: { fields: { name: string }[]; primaryKey: string[] } }[];
  };
  const [{ path, schema }] = described.resources as [(typeof described.resources)[0]];
  expect(path).toBe("data.csv");
  expect(schema.fields.map(({ name }) => name)).toEqual(Object.keys(data[0] as object));
  expect(schema.primaryKey).toEqual(["workload", "engine"]);
  expect(JSON.parse(read("manifest.json"))).toMatchObject({
    versions: { wasm: "1.2.3" },
    rounds: 3,
    limits: result.limits,
  });
  const svg = read("bench.svg");
  expect(svg).toContain("decode-q1-64x8");
  expect(svg).toContain("1.23");
  expect(svg).not.toMatch(/NaN|undefined/);
});
