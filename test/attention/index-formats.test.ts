import { describe, expect, it } from "vitest";
import { bf16Index, fp8Index, mxfp4Index } from "../../src/attention/parts/index-formats.ts";
import { Random } from "../../src/core/random.ts";
import { flat, tensor } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";

const ops = referenceEngine();
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("mxfp4Index", () => {
  it("takes 4 bits a number and a byte for each 32: 68 B for 128 numbers", () => {
    expect([32, 64, 96, 128, 256].map(mxfp4Index.bytes)).toEqual([17, 34, 51, 68, 136]);
  });

  // OCP microscaling formats 1.0: E2M1 is 0, .5, 1, 1.5, 2, 3, 4, 6 under a power of two
  it("rounds to E2M1, ties to even, under the least power of two that fits the largest", () => {
    const first = [6, 0.25, 0.26, 0.75, -1.25, 1.75, 2.5, 3.5, 5, -4.9];
    const second = [13, 1, 3.1, -6.9, 0.9, 11, 24 / 4, 0, 0, 0];
    const row = new Float64Array(64);
    row.set(first);
    row.set(second, 32);
    mxfp4Index.round(tensor(row, [1, 64]), ops);
    expect([...row.subarray(0, 10)]).toEqual([6, 0, 0.5, 1, -1, 2, 2, 4, 4, -4]);
    // 13 / 6 is above 2, so that the scale is 4
    expect([...row.subarray(32, 42)]).toEqual([12, 0, 4, -6, 0, 12, 6, 0, 0, 0]);
  });

  it("leaves numbers that its bytes can hold: 15 in a block", () => {
    const random = new Random("mxfp4");
    const rows = tensor(
      Float64Array.from({ length: 50 * 128 }, () => random.normal()),
      [50, 128],
    );
    mxfp4Index.round(rows, ops);
    for (const block of range(200)) {
      const own = [...flat(rows).subarray(32 * block, 32 * (block + 1))];
      const least = Math.min(...own.filter((x) => x !== 0).map(Math.abs));
      const codes = own.map((x) => Math.abs(x / least));
      expect(Math.max(...codes)).toBeLessThanOrEqual(12);
      expect(new Set(own.map(Math.abs)).size).toBeLessThanOrEqual(8);
    }
  });
});

describe("fp8Index", () => {
  it("has a scale for each 128 numbers, as its bytes say", () => {
    expect([64, 128, 200, 256].map(fp8Index.bytes)).toEqual([68, 132, 208, 264]);
    const row = Float64Array.from({ length: 256 }, (_, i) => (i < 128 ? 1e-6 * (i + 1) : i));
    const apart = [row.slice(0, 128), row.slice(128)];
    fp8Index.round(tensor(row, [1, 256]), ops);
    for (const half of apart) ops.round(tensor(half, [1, 128]), "fp8");
    expect([...row]).toEqual(apart.flatMap((half) => [...half]));
    expect(row[0]).toBeGreaterThan(0);
  });
});

describe("bf16Index", () => {
  it("rounds to bf16 and counts two bytes a number", () => {
    const own = Float64Array.from({ length: 64 }, (_, i) => Math.sin(i));
    const expected = Float64Array.from(own);
    bf16Index.round(tensor(own, [1, 64]), ops);
    ops.round(tensor(expected, [1, 64]), "bf16");
    expect([...own]).toEqual([...expected]);
    expect(bf16Index.bytes(64)).toBe(128);
  });
});
