import { expect, it } from "vitest";
import { attnsim, attnsimJson } from "./attnsim.ts";

const quick = ["bench", "--only", "top", "--engine", "wasm", "--repeats", "1", "--threads", "1"];

it("attnsim bench --json is a list of measurements", async () => {
  const rows = await attnsimJson<Record<string, unknown>[]>(...quick, "--engine", "auto");
  expect(rows).toHaveLength(2);
  const number = expect.any(Number) as number;
  for (const [i, row] of rows.entries())
    expect(row).toEqual({
      workload: "top-2048-of-1048576",
      engine: ["wasm", "auto"][i],
      threads: 1,
      ms: number,
      msLow: number,
      msHigh: number,
      gbps: number,
      ofBandwidth: number,
      gflops: 0,
      ofFlops: 0,
      error: 0,
    });
});

it("attnsim bench prints a table below the machine's limits", async () => {
  const { code, out, err } = await attnsim(...quick);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^1 thread of .*, Node \d+/);
  expect(out).toMatch(/^reads [\d.]+ GB\/s \(wasm loads\), computes [\d.]+ GFLOP\/s \(wasm /m);
  expect(out).toMatch(/^workload +engine +ms +rounds +GB\/s +of read +GFLOP\/s +of peak +error$/m);
  expect(out).toMatch(/^top-2048-of-1048576 +wasm +[\d.]+ .* 0\.0e\+0$/m);
});

it.each([
  [["--only", "dance"], /^error: unknown workload "dance"; known: decode-q1-1048576x128, /],
  [["--engine", "cuda"], /^error: unknown engine "cuda"; known: wasm, /],
  [["--repeats", "0"], /argument '0' is invalid. allowed: an integer >= 1/],
])("attnsim bench %j is refused", async (words, message) => {
  const { code, out, err } = await attnsim("bench", ...words);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(message);
});
