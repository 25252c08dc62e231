import { describe, expect, it } from "vitest";
import { mean, variance } from "../../../src/core/stats.ts";
import { upperTail } from "../../../src/core/normal.ts";
import { Random } from "../../../src/core/random.ts";
import { drawKeySums } from "../../../src/reader/mean-field/key-sums.ts";
import type { KeySums, NormalKeys } from "../../../src/reader/mean-field/key-sums.ts";

const draws = 400;

/** The sums of keys that are drawn one by one. */
function sumsOfEach({ keys, mean: middle, deviation, read, odds }: NormalKeys, random: Random): KeySums {
  let [sum, squares] = [0, 0];
  // a number that is not whole is rounded to either side by chance
  const count = Math.floor(keys + random.uniform());
  for (let i = 0; i < count; i++) {
    const z = random.normal();
    if (read !== undefined && random.uniform() >= read(z)) continue;
    const e = Math.exp(middle + deviation * z) / (odds?.(z) ?? 1);
    sum += e;
    squares += e * e;
  }
  return { sum, squares };
}

const drawn = (keys: NormalKeys, draw: typeof drawKeySums): KeySums[] => {
  const random = new Random("key sums").fork(draw.name);
  return Array.from({ length: draws }, () => draw(keys, random));
};

const above = (z: number): number => Number(z > 1.5);
const loosely = (z: number): number => upperTail((1.5 - 0.5 * z) / Math.sqrt(0.75));
const hashed = (z: number): number => 0.5 * upperTail(1 - z);

const cases: readonly (readonly [string, NormalKeys])[] = [
  ["few keys", { keys: 12, mean: 2, deviation: 2.5 }],
  ["a number of keys that is not whole", { keys: 0.6, mean: 0, deviation: 1 }],
  ["many keys", { keys: 3000, mean: 0, deviation: 3 }],
  ["more keys than are drawn, by one", { keys: 33, mean: 0, deviation: 2 }],
  ["the largest keys", { keys: 3000, mean: 0, deviation: 3, read: above }],
  ["keys chosen by a part of their logits", { keys: 3000, mean: 0, deviation: 3, read: loosely }],
  [
    "keys weighed by the inverse of their odds",
    { keys: 1000, mean: 0, deviation: 2, read: hashed, odds: hashed },
  ],
];

describe.each(cases)("sums of exponentials over %s", (_, keys) => {
  const own = drawn(keys, drawKeySums);
  const each = drawn(keys, sumsOfEach);

  it("have squares that no weights exceed", () => {
    expect(own.filter(({ sum, squares }) => squares > sum * sum * (1 + 1e-12))).toEqual([]);
  });

  it.each([
    ["sum of squared weights", ({ sum, squares }: KeySums) => (sum === 0 ? 0 : squares / (sum * sum))],
    ["logarithm of the sum", ({ sum }: KeySums) => Math.log(sum + 1)],
  ])("have the %s of keys drawn one by one", (_name, of) => {
    const [a, b] = [own.map(of), each.map(of)];
    const error = Math.sqrt((variance(a) + variance(b)) / draws);
    expect(Math.abs(mean(a) - mean(b))).toBeLessThan(4 * error);
    expect(Math.sqrt(variance(a) / variance(b))).toBeGreaterThan(0.75);
    expect(Math.sqrt(variance(a) / variance(b))).toBeLessThan(1.3);
  });
});
