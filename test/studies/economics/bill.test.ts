import { describe, expect, it } from "vitest";
import {
  billOf,
  breakEvenPrompt,
  breakEvenReduction,
  firstAnswerSeconds,
  hiddenTokens,
  relativeChange,
} from "../../../src/studies/economics/bill.ts";
import { breakEvenSurface } from "../../../src/studies/economics/surface.ts";

const cheap = { input: 2.5, output: 15, cachedInput: 0.25 };
const dear = { input: 5, output: 30, cachedInput: 0.5 };
const tokens = { prompt: 20_000, cachedShare: 0.25, output: 1000, think: 500 };

describe("billOf", () => {
  it("charges each kind of token its price", () => {
    const { total, ...parts } = billOf({ tokens, prices: cheap });
    expect(parts).toEqual({ input: 0.0375, cachedInput: 0.00125, output: 0.015, think: 0.0075 });
    expect(total).toBeCloseTo(0.06125, 12);
  });

  it("takes the input price where there is none of cached input", () => {
    expect(billOf({ tokens, prices: { input: 2.5, output: 15 } }).cachedInput).toBe((5000 * 2.5) / 1e6);
  });
});

describe("break-even", () => {
  const before = { prices: cheap, tokens };

  it("is where both cost the same", () => {
    const reduction = breakEvenReduction(before, { prices: dear, tokens });
    const shorter = { ...tokens, output: 1500 * (1 - reduction), think: 0 };
    expect(
      relativeChange(
        billOf({ tokens, prices: cheap }).total,
        billOf({ tokens: shorter, prices: dear }).total,
      ),
    ).toBeCloseTo(0, 12);
  });

  it("in prompt tokens is where both cost the same", () => {
    const short = { ...tokens, output: 400, think: 20 };
    const prompt = 1500 * breakEvenPrompt(before, { prices: dear, tokens: short });
    const [a, b] = [
      billOf({ tokens: { ...tokens, prompt }, prices: cheap }),
      billOf({ tokens: { ...short, prompt }, prices: dear }),
    ];
    expect(relativeChange(a.total, b.total)).toBeCloseTo(0, 12);
  });

  it("of a prompt that is no dearer never comes", () => {
    expect(breakEvenPrompt(before, { prices: { ...cheap, output: 10 }, tokens })).toBe(Infinity);
  });

  it("without a prompt is one less the inverse of the price ratio", () => {
    for (const { priceRatio, breakEven } of breakEvenSurface(cheap, {
      priceRatios: [1, 2, 4],
      promptsPerOutput: [0],
      cachedShares: [0],
      reductions: [0],
    }))
      expect(breakEven).toBeCloseTo(1 - 1 / priceRatio, 12);
  });

  it("parts the surface: costs fall beyond it and rise before it", () => {
    const surface = breakEvenSurface(cheap, {
      priceRatios: [1.25, 2, 3],
      promptsPerOutput: [0.1, 1, 10, 100],
      cachedShares: [0, 0.9],
      reductions: [0, 0.25, 0.5, 0.75, 0.95],
    });
    expect(surface).toHaveLength(120);
    for (const { breakEven, reduction, costChange } of surface)
      expect(Math.sign(costChange)).toBe(Math.sign(breakEven - reduction));
  });
});

it("decodes hidden tokens before the first word of the answer", () => {
  expect(firstAnswerSeconds(0.5, 0.02, 125)).toBe(3);
  expect(hiddenTokens(2.5, 0.02)).toBe(125);
  expect(hiddenTokens(2.49, 0.02)).toBe(124);
});
