import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchingBlocks, sequenceRatio } from "../../../src/tasks/mrcr/difflib.ts";
import golden from "../data/difflib-golden.json" with { type: "json" };

describe("sequenceRatio", () => {
  it.each(golden.cases.map((c, index) => ({ index, ...c })))(
    "is Python's to the last bit: case $index",
    (c) => {
      expect(sequenceRatio(c.a, c.b)).toBe(c.ratio);
      expect(sequenceRatio(c.a, c.b, { autojunk: false })).toBe(c.ratioWithoutAutojunk);
      expect(matchingBlocks(c.a, c.b).map(({ a, b, size }) => [a, b, size])).toEqual(c.blocks);
    },
  );

  it("falls far below the share of unchanged characters where autojunk drops the letters", () => {
    const edited = golden.cases[10]!;
    expect(edited.b).toHaveLength(1500);
    expect(sequenceRatio(edited.a, edited.b, { autojunk: false })).toBeGreaterThan(0.9);
    expect(sequenceRatio(edited.a, edited.b)).toBeLessThan(0.8);
  });

  it("is 1 for equal texts, 0 without a common element, and within [0, 1]", () => {
    const text = fc.string({ unit: "binary", maxLength: 260 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const ratio = sequenceRatio(a, b);
        expect(sequenceRatio(a, a)).toBe(1);
        expect(ratio).toBeGreaterThanOrEqual(0);
        expect(ratio).toBeLessThanOrEqual(1);
        const shared = Array.from(a).some((point) => Array.from(b).includes(point));
        if (a !== "" && b !== "" && Array.from(b).length < 200) expect(ratio > 0).toBe(shared);
      }),
    );
  });

  it("gives blocks that are really equal, in order and without overlap", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "\u{1F600}"), maxLength: 60 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [pointsA, pointsB] = [Array.from(a), Array.from(b)];
        let [endA, endB] = [0, 0];
        for (const block of matchingBlocks(a, b)) {
          expect(block.a).toBeGreaterThanOrEqual(endA);
          expect(block.b).toBeGreaterThanOrEqual(endB);
          [endA, endB] = [block.a + block.size, block.b + block.size];
          expect(pointsA.slice(block.a, endA)).toEqual(pointsB.slice(block.b, endB));
        }
      }),
    );
  });

  it("takes texts of 100,000 characters", () => {
    const text = Array.from({ length: 10_000 }, (_, i) => `word${i % 97} `).join("");
    expect(sequenceRatio(text, text)).toBe(1);
  });
});
