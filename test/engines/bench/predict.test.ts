import { describe, expect, it } from "vitest";
import { predicted } from "../../../src/engines/bench/predict.ts";

describe("a kernel predicted from fewer rows", () => {
  it("of bytes alone takes them at the bandwidth", () => {
    const small = { workload: { bytes: 1e9, flops: 1e6 }, seconds: 0.1 };
    expect(predicted(small, { bytes: 8e9, flops: 8e6 }, 10e9)).toBeCloseTo(0.8, 12);
  });

  it("that computes too takes the rest of the time per operation", () => {
    // 0.1 s of bytes and 0.3 s of 3e9 operations
    const small = { workload: { bytes: 1e9, flops: 3e9 }, seconds: 0.4 };
    expect(predicted(small, { bytes: 4e9, flops: 48e9 }, 10e9)).toBeCloseTo(0.4 + 4.8, 12);
  });

  it("that a cache made fast is never less than its bytes", () => {
    const small = { workload: { bytes: 1e6, flops: 1e6 }, seconds: 1e-6 };
    expect(predicted(small, { bytes: 1e9, flops: 1e9 }, 10e9)).toBeCloseTo(0.1, 12);
  });
});
