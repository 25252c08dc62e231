import { describe, expect, it } from "vitest";
import { allReduce, collective } from "../../../src/hardware/kernels/collectives.ts";
import { expertExchange } from "../../../src/hardware/kernels/expert-exchange.ts";
import { gemm } from "../../../src/hardware/kernels/gemm.ts";
import { gqaDecode, gqaPrefill } from "../../../src/hardware/kernels/gqa.ts";
import { kernels } from "../../../src/hardware/kernels/kernels.ts";
import { linearDecode } from "../../../src/hardware/kernels/linear.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";
import { mlaDecode, mlaPrefill } from "../../../src/hardware/kernels/mla.ts";
import { moe } from "../../../src/hardware/kernels/moe.ts";
import { causalPairs } from "../../../src/hardware/kernels/pairs.ts";
import { explain } from "../../../src/hardware/kernels/operator-time.ts";
import { gb200Nvl72 } from "../../../src/hardware/systems/gb200-nvl72.ts";

const ideal = machineOf(gb200Nvl72, "ideal");
const measured = machineOf(gb200Nvl72);
const { gpu } = gb200Nvl72;

it("counts causal pairs as a loop does, windowed or not", () => {
  const counted = (n: number, prefix: number, limit: number): number =>
    Array.from({ length: n }, (_, i) => Math.min(prefix + i + 1, limit)).reduce((sum, each) => sum + each, 0);
  for (const [n, prefix, limit] of [
    [7, 0, Infinity],
    [7, 5, Infinity],
    [7, 5, 9],
    [7, 5, 3],
    [100, 0, 17],
    [1, 40, 64],
  ] as const)
    expect(causalPairs(n, prefix, limit)).toBe(counted(n, prefix, limit));
});

it("counts causal pairs of mean lengths, which may be fractions", () => {
  for (const [n, prefix] of [
    [8192 / 3, 122880.1],
    [7.3, 1e6 / 7],
    [0.1, 131071.9],
  ] as const) {
    expect(causalPairs(n, prefix)).toBeCloseTo(n * prefix + (n * (n + 1)) / 2, 3);
    expect(causalPairs(n, prefix, 2 * prefix)).toBe(causalPairs(n, prefix));
    // every query sees more than the limit
    expect(causalPairs(n, prefix, 100)).toBeCloseTo(100 * n, 9);
  }
});

describe("the ideal profile is the roofline", () => {
  it("of a small product, its weights over HBM bandwidth; of a large one, its arithmetic", () => {
    expect(gemm(ideal, { m: 1, n: 8192, k: 8192, dtype: "bf16" }).seconds).toBeCloseTo(
      (2 * (8192 * 8192 + 8192) + 2 * 8192) / gpu.hbmBandwidth.value,
      12,
    );
    expect(gemm(ideal, { m: 16384, n: 8192, k: 8192, dtype: "fp8" }).seconds).toBeCloseTo(
      (2 * 16384 * 8192 * 8192) / gpu.fp8.value,
      9,
    );
  });

  it("of attention, exponentials or arithmetic at prefill, the cache at decode", () => {
    const heads = { queryHeads: 64, kvHeads: 8, headDim: 128, kvDtype: "bf16" } as const;
    const pairs = causalPairs(8192, 0) * 64;
    expect(
      gqaPrefill(ideal, { ...heads, requests: 1, newTokens: 8192, prefixTokens: 0 }).seconds,
    ).toBeCloseTo(Math.max((512 * pairs) / gpu.bf16.value, pairs / gpu.exponentials!.value), 9);
    expect(gqaDecode(ideal, { ...heads, requests: 4, contextTokens: 65536 }).seconds).toBeCloseTo(
      (4 * 65536 * 2 * 8 * 128 * 2) / gpu.hbmBandwidth.value,
      9,
    );
    const latent = { queryHeads: 128, kvDtype: "fp8", requests: 4, contextTokens: 65536 } as const;
    expect(mlaDecode(ideal, latent).flops).toBe(2 * 4 * 65536 * 128 * 1088);
  });

  it("of a draft that is checked: the cache is read once for all its tokens", () => {
    const heads = { queryHeads: 64, kvHeads: 8, headDim: 128, kvDtype: "bf16" } as const;
    const shape = { ...heads, requests: 4, contextTokens: 65536 };
    const [one, four] = [gqaDecode(ideal, shape), gqaDecode(ideal, { ...shape, newTokens: 4 })];
    expect(four.bytes).toBe(one.bytes);
    expect(four.flops).toBe(4 * one.flops);
  });

  it("of a collective, its bytes over the link", () => {
    const shape = { bytes: 1e9, gpus: 8 };
    expect(collective(ideal, { op: "all-gather", ...shape }).seconds).toBeCloseTo((7 / 8) * (1e9 / 900e9), 9);
    expect(allReduce(ideal, shape).seconds).toBeCloseTo((14 / 8) * (1e9 / 900e9), 9);
    expect(allReduce(ideal, { ...shape, gpus: 1 }).seconds).toBe(0);
    const sent = { tokens: 64, hidden: 7168, topK: 8, ranks: 1, dtype: "fp8" } as const;
    expect(expertExchange(ideal, { op: "dispatch", ...sent }).seconds).toBe(0);
  });

  it("of experts: their weights once, and rows permuted before and summed after", () => {
    const shape = {
      tokens: 100,
      hidden: 64,
      intermediate: 32,
      experts: 8,
      tensorParallel: 2,
      expertParallel: 2,
      dtype: "bf16",
      load: { pairs: 300, touched: 4 },
    } as const;
    const matrices = 3 * 64 * 16;
    // each pair's row is read and written at the hidden width and half of the intermediate one, in bf16, and each token's
    // sum once
    const rows = 2 * 2 * ((100 + 2 * 300) * 64 + 300 * 16);
    expect(moe(ideal, shape).bytes).toBe(2 * 4 * matrices + rows);
    expect(moe(ideal, shape).weights).toBe(4 * matrices);
    expect(moe(ideal, shape).flops).toBe(2 * 300 * matrices);
    const { terms } = moe(measured, shape);
    expect(terms.find(({ what }) => what === "rows")).toMatchObject({ amount: rows, unit: "B" });
  });

  it("of a state, reading and writing it", () => {
    const shape = { kind: "kda", requests: 512, keyHeads: 96, valueHeads: 96, keyDim: 128 } as const;
    for (const valueDim of [128, 256])
      expect(linearDecode(ideal, { ...shape, valueDim }).seconds).toBeCloseTo(
        (8 * 512 * 96 * 128 * valueDim) / gpu.hbmBandwidth.value,
        6,
      );
  });
});

it("measured kernels are never faster than the ideal, and more work never takes less time", () => {
  const times = [2048, 4096, 16384].flatMap((tokens) =>
    [1, 8, 64].map((requests) => {
      const shape = { requests, newTokens: tokens, prefixTokens: 0, contextTokens: tokens, queryHeads: 64 };
      return [measured, ideal].map((machine) => [
        gqaPrefill(machine, { ...shape, kvHeads: 8, headDim: 128, kvDtype: "bf16" }).seconds,
        gqaDecode(machine, { ...shape, kvHeads: 8, headDim: 128, kvDtype: "bf16" }).seconds,
        mlaPrefill(machine, { ...shape, kvDtype: "fp8" }).seconds,
        mlaDecode(machine, { ...shape, kvDtype: "fp8" }).seconds,
        gemm(machine, { m: tokens * requests, n: 7168, k: 2048, dtype: "fp8-block" }).seconds,
      ]);
    }),
  );
  for (const [own, bound] of times) expect(own!.every((seconds, i) => seconds > bound![i]!)).toBe(true);
  const columns = times.map(([own]) => own!);
  for (let i = 1; i < columns.length; i++)
    if (i % 3 !== 0) expect(columns[i]!.every((seconds, j) => seconds > columns[i - 1]![j]!)).toBe(true);
});

it("every constant has an ideal, and says what it is", () => {
  const names = kernels.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { constants } of kernels)
    for (const { doc, ideal: best, start, min, max } of Object.values(constants)) {
      expect(doc).not.toBe("");
      expect(start).toBeGreaterThanOrEqual(min);
      expect(start).toBeLessThanOrEqual(max);
      expect(best === Infinity || best >= 0).toBe(true);
    }
});

it("explains a time by its terms", () => {
  const [line] = explain(gemm(measured, { m: 64, n: 4096, k: 4096, dtype: "bf16" }));
  expect(line).toMatch(/^gemm 64 x 4096 x 4096 bf16 .* us: arithmetic .* \(2\.15 GFLOP at .*HBM .*overhead/);
});
