import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { measureKeys } from "../../../src/studies/capture/keys.ts";
import type { KeyMeasures } from "../../../src/studies/capture/keys.ts";
import { measureQuery } from "../../../src/studies/capture/logits.ts";

const d = 32;

const measured = (keys: readonly Float64Array[]): KeyMeasures =>
  measureKeys(keys.length, d, (token) => keys[token]!);

/** Keys of a common part with this share of their squared length, and of noise. */
function keysOfMean(share: number, count: number): Float64Array[] {
  const random = new Random(`mean ${share}`);
  const common = Float64Array.from({ length: d }, () => (random.uniform() < 0.5 ? 1 : -1));
  return Array.from({ length: count }, () =>
    common.map((x) => Math.sqrt(share) * x + Math.sqrt(1 - share) * random.normal()),
  );
}

describe("the mean of keys", () => {
  it.each([0, 0.1, 0.4, 0.9])("has the share %f that it was given", (share) => {
    expect(Math.abs(measured(keysOfMean(share, 4000)).meanShare - share)).toBeLessThan(0.01);
  });

  it("is not what few keys have by chance", () => {
    // the mean of 20 keys of noise has 1/20 of their squared length
    expect(measured(keysOfMean(0, 20)).meanShare).toBeLessThan(0.02);
  });

  it("is all of equal keys, and nothing of keys of zeros", () => {
    const one = new Float64Array(d).fill(2);
    expect(measured([one, one, one]).meanShare).toBeCloseTo(1, 12);
    expect(measured([one, one, one]).effectiveRank).toBeCloseTo(1, 6);
    const none = new Float64Array(d);
    expect(measured([none, none])).toEqual({ meanShare: 0, effectiveRank: 0, centredRank: 0 });
  });
});

describe("the effective rank of keys", () => {
  /** Keys along axis after axis, there and back, so that singular values are `lengths` times one factor. */
  const along = (lengths: readonly number[]): Float64Array[] =>
    lengths.flatMap((length, axis) =>
      [1, -1].map((sign) => {
        const key = new Float64Array(d);
        key[axis] = sign * length;
        return key;
      }),
    );

  it.each([
    ["equal singular values", [2, 2, 2, 2, 2], 5],
    // entropy of (1/2, 1/4, 1/4): 1.5 ln 2
    ["singular values 2 1 1", [2, 1, 1], 2 ** 1.5],
  ])("is e to the entropy of %s", (_, lengths, rank) => {
    const { effectiveRank, centredRank, meanShare } = measured(along(lengths));
    expect(effectiveRank).toBeCloseTo(rank, 5);
    expect(centredRank).toBeCloseTo(rank, 5);
    expect(meanShare).toBe(0);
  });

  it("is lower with a large mean, which is one direction, than without it", () => {
    const { effectiveRank, centredRank } = measured(keysOfMean(0.9, 4000));
    expect(centredRank).toBeGreaterThan(31);
    // singular values sqrt(.9 d + .1) and 31 times sqrt(.1), over sqrt(N)
    const values = [Math.sqrt(0.9 * d + 0.1), ...Array.from({ length: 31 }, () => Math.sqrt(0.1))];
    const total = values.reduce((a, b) => a + b, 0);
    const rank = Math.exp(-values.reduce((sum, x) => sum + (x / total) * Math.log(x / total), 0));
    expect(Math.abs(effectiveRank - rank)).toBeLessThan(0.2);
  });
});

describe("the logits of a query", () => {
  const scores = (spread: number, count: number): Float64Array => {
    const random = new Random("logits");
    return Float64Array.from({ length: count }, () => 7 + spread * random.normal());
  };

  it("have the spread of those that it does not match, however strong its matches are", () => {
    const plain = scores(1.5, 4000);
    expect(Math.abs(measureQuery(plain, 4000, 1).spread - 1.5)).toBeLessThan(0.05);
    const matches = Float64Array.from(plain);
    for (let i = 0; i < 40; i++) matches[1000 + i] = 7 + 11 * 1.5;
    const { spread, match } = measureQuery(matches, 4000, 1);
    expect(Math.abs(spread - 1.5)).toBeLessThan(0.05);
    expect(Math.abs(match - 11)).toBeLessThan(0.3);
    expect(measureQuery(matches, 4000, 2).spread).toBeCloseTo(2 * spread, 10);
  });

  it.each([
    ["a far key", 1000, true],
    ["a key 65 tokens back", 3934, true],
    ["a near key", 3935, false],
    ["a sink", 3, false],
  ])("retrieve %s: %#", (_, place, retrieves) => {
    const one = scores(1, 4000);
    one[place] = 7 + 20;
    expect(measureQuery(one, 4000, 1).retrieved !== undefined).toBe(retrieves);
  });

  it("retrieve nothing if two far keys share the weight, or a sink has it", () => {
    const two = scores(1, 4000);
    two[1000] = two[2000] = 7 + 20;
    expect(measureQuery(two, 4000, 1).retrieved).toBeUndefined();
    const sunk = scores(1, 4000);
    sunk[1000] = 7 + 20;
    sunk[0] = 7 + 22;
    expect(measureQuery(sunk, 4000, 1)).toMatchObject({ retrieved: undefined });
    // the sink is no match
    expect(measureQuery(sunk, 4000, 1).match).toBeLessThan(21);
  });

  it("see no key behind the query, and say nothing of a query that sees one", () => {
    const hidden = scores(1, 100);
    hidden[99] = 1000;
    expect(measureQuery(hidden, 99, 1).match).toBeLessThan(5);
    expect(measureQuery(hidden, 1, 1)).toEqual({ spread: 0, match: 0, retrieved: undefined });
  });
});
