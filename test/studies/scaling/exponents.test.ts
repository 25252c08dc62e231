import { describe, expect, it } from "vitest";
import { parseSpec } from "../../../src/attention/spec.ts";
import { scalingRows, scalingSummaries } from "../../../src/studies/scaling/exponents.ts";
import type { ScalingTimes } from "../../../src/studies/scaling/measure.ts";

const lengths = [4096, 8192, 16384, 32768, 65536, 131072, 262144];

/** Times of a variant that take `ms` of a length, a tenth more or less. */
const measured = (variant: string, ms: (tokens: number) => number): ScalingTimes[] =>
  lengths.map((tokens) => ({
    spec: parseSpec(variant),
    tokens,
    attend: [0.9, 1, 1, 1, 1.1].map((factor) => factor * ms(tokens)),
    prepare: [3, 1, 2],
  }));

const all = [
  ...measured("dense", (tokens) => tokens / 1000),
  ...measured("oracle(k=64)", (tokens) => Math.sqrt(tokens)),
];

describe("scaling", () => {
  it("fits the exponent of the last five lengths, and the times faster than dense", () => {
    const [dense, oracle] = scalingSummaries(all);
    expect(dense).toMatchObject({
      fromTokens: 16384,
      toTokens: 262144,
      exponent: 1,
      predictedExponent: 1,
      speedUp: 1,
    });
    expect(oracle!.exponent).toBeCloseTo(0.5, 3);
    expect(oracle!.exponentLow).toBeLessThanOrEqual(0.5);
    expect(oracle!.exponentHigh).toBeGreaterThanOrEqual(0.5);
    expect(oracle!.exponentHigh - oracle!.exponentLow).toBeLessThan(0.2);
    expect(oracle!.speedUp).toBeCloseTo(262144 / 1000 / 512, 3);
    // the oracle reads every key, as index, and next to no value
    expect(oracle!.predictedSpeedUp).toBeCloseTo(2, 2);
  });

  it("predicts times from the bytes read, at the rate of dense attention at the longest length", () => {
    const rows = scalingRows(all);
    for (const row of rows.filter(({ variant }) => variant === "dense"))
      expect(row.predictedMs).toBeCloseTo(row.attendMs, 6);
    const oracle = rows.find(({ variant, tokens }) => variant !== "dense" && tokens === 65536)!;
    expect(oracle.predictedMs).toBeCloseTo(65.536 / 2, 0);
    expect(oracle).toMatchObject({ attendMs: 256, attendMsMin: 230.4, attendMsMax: 281.6, prepareMs: 2 });
  });

  it("cannot do without dense attention", () => {
    expect(() => scalingSummaries(all.slice(lengths.length))).toThrow("dense attention was not measured");
  });
});
