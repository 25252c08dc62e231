import { expect, it } from "vitest";
import { formatBench } from "../../../src/cli/print/bench.ts";
import type { BenchRatio } from "../../../src/engines/bench/ratios.ts";

const limit = { perSecond: 1e9, by: "x" };
const ratio = (workload: string, engine: string, middle: number): BenchRatio => {
  return { workload, peer: "torch", engine, ratio: middle, low: middle / 2, high: 2 * middle };
};

const printed = (ratios: readonly BenchRatio[]): string[] =>
  formatBench({ limits: { bandwidth: limit, flops: limit }, rows: [], ratios, failures: [] }, 2).split("\n");

it("says where engines are behind a peer, and by how much", () => {
  const lines = printed([
    ratio("decode", "wasm", 1.5),
    ratio("decode", "ort", 0.75),
    ratio("prefill", "wasm", 0.5),
    ratio("prefill", "ort", 0.9),
    ratio("top", "wasm", 2),
  ]);
  const text = lines.join("\n");
  expect(text).toMatch(/^decode +1\.50 \(0\.75 - 3\.00\) +0\.75 \(0\.38 - 1\.50\)$/m);
  expect(text).toMatch(/^top +2\.00 \(1\.00 - 4\.00\) *$/m);
  expect(lines.slice(-3)).toEqual([
    "wasm is behind torch on prefill",
    "ort is behind torch on decode, prefill",
    "all engines are behind torch on prefill",
  ]);
});

it("says so where none is behind, and nothing without a peer", () => {
  expect(printed([ratio("decode", "wasm", 1)]).at(-1)).toBe("wasm is behind torch on no row");
  expect(printed([]).join()).not.toContain("behind");
});
