import { describe, expect, it } from "vitest";
import { acceptanceAt, yieldAt } from "../../../src/hardware/serving/acceptance.ts";
import { acceptances } from "../../../src/hardware/serving/acceptances.ts";
import { draftsAt, tokensPerStep } from "../../../src/hardware/serving/replica.ts";

const k3 = acceptances.get("kimi-k3-3");

describe.each([...acceptances])("acceptance $name", (curve) => {
  it("gives back the tokens a step that were measured, with its own drafts", () => {
    for (const { tokens, perStep } of curve.points) {
      const drafts = draftsAt({ tokens: curve.drafts, acceptance: curve }, tokens);
      expect(tokensPerStep(drafts)).toBeCloseTo(perStep, 9);
    }
  });

  it("never rises with the length, and yields a token and at most its drafts", () => {
    let before = Infinity;
    for (let tokens = 1; tokens < 2 ** 21; tokens = Math.ceil(tokens * 1.3)) {
      const perStep = yieldAt(curve, tokens);
      expect(perStep).toBeLessThanOrEqual(before);
      expect(perStep).toBeGreaterThanOrEqual(1);
      expect(perStep).toBeLessThanOrEqual(curve.drafts + 1);
      before = perStep;
    }
  });

  it("has a source in order of length", () => {
    expect(curve.sources.length).toBeGreaterThan(0);
    const lengths = curve.points.map(({ tokens }) => tokens);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });
});

describe("acceptance of Kimi-K3 with three drafts", () => {
  it("is 2.98 tokens a step below 16K, 1.25 beyond 256K, and between them on a line over the logarithm", () => {
    expect([1, 8192, 16_384].map((tokens) => yieldAt(k3, tokens))).toEqual([2.98, 2.98, 2.98]);
    expect([262_144, 1_048_576].map((tokens) => yieldAt(k3, tokens))).toEqual([1.25, 1.25]);
    expect(yieldAt(k3, 65_536)).toBeCloseTo((2.98 + 1.25) / 2, 9);
  });

  it("is a probability for a draft, whatever the number of drafts", () => {
    expect(acceptanceAt(0.7, 1_000_000)).toBe(0.7);
    expect(acceptanceAt(k3, 262_144)).toBeCloseTo(0.2013, 4);
    expect(tokensPerStep(draftsAt({ tokens: 1, acceptance: k3 }, 262_144))).toBeCloseTo(1.2013, 4);
  });
});
