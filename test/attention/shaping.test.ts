import { describe, expect, it } from "vitest";
import { dense } from "../../src/attention/dense.ts";
import { attendShaped, logitFactor, prepareShaped, shapeQueries } from "../../src/attention/shaping.ts";
import { snapkv } from "../../src/attention/snapkv.ts";
import type { KeyValueCache } from "../../src/attention/variant.ts";
import { resolveParams } from "../../src/core/params.ts";
import { flat, rowNumbers } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/kernels/reference.ts";
import { world } from "./fixtures.ts";

describe("logitFactor", () => {
  it("is s ln n, ln n / ln n_train, (0.1 ln f + 1)^2", () => {
    expect(logitFactor("ssmax", 1000)).toBeCloseTo(0.43 * Math.log(1000), 12);
    expect(logitFactor("log-n", 32768)).toBe(1);
    expect(logitFactor("log-n", 2 ** 20)).toBeCloseTo(20 / 15, 12);
    expect(logitFactor("yarn", 1000)).toBe(1);
    expect(logitFactor("yarn", 2 ** 20)).toBeCloseTo((0.1 * Math.log(32) + 1) ** 2, 12);
    expect(logitFactor("none", 1000)).toBe(1);
    expect(logitFactor("sink", 1000)).toBe(1);
  });
});

describe("shaped attention", () => {
  const ops = referenceEngine();

  it("scales each query, group and all, by the keys it sees", () => {
    const { queries } = world(ops, { tokens: 50, group: 2, positions: [9, 49] });
    const shaped = shapeQueries(queries, "ssmax");
    for (const h of [0, 1])
      for (let row = 0; row < 4; row++)
        expect(shaped.heads[h]!.get(row, 3)).toBeCloseTo(
          queries.heads[h]!.get(row, 3) * 0.43 * Math.log(row < 2 ? 10 : 50),
          5,
        );
    expect(shapeQueries(queries, "none")).toBe(queries);
  });

  it("lets a sink take exactly its share", () => {
    const { cache, queries } = world(ops, { tokens: 50 });
    const plain = attendShaped(dense, queries, cache, undefined, {}, ops, "none").heads[0]!;
    const sunk = attendShaped(dense, queries, cache, undefined, {}, ops, "sink").heads[0]!;
    const rows = Array.from({ length: 50 }, (_, i) => i);
    const scores = rows.map((row) => {
      let score = 0;
      for (let c = 0; c < 16; c++)
        score += queries.heads[0]!.get(0, c) * rowNumbers(cache.heads[0]!.keys.tensor, row)[c]!;
      return queries.scale * score;
    });
    const sum = scores.reduce((a, s) => a + Math.exp(s), 0);
    const share = sum / (sum + 1);
    expect(share).toBeLessThan(0.999);
    for (const row of rows)
      expect(sunk.weights(0, [row])[0]).toBeCloseTo(Math.exp(scores[row]!) / (sum + 1), 10);
    for (const [c, x] of flat(sunk.output).entries())
      expect(x).toBeCloseTo(share * flat(plain.output)[c]!, 6);
    const entropy = -rows.reduce((a, row) => {
      const p = Math.exp(scores[row]!) / (sum + 1);
      return a + p * Math.log(p);
    }, 0);
    expect(sunk.entropy(0)).toBeCloseTo(entropy, 9);
  });

  it("shapes the queries that eviction observes", () => {
    const { cache } = world(ops, { tokens: 200 });
    const params = resolveParams("snapkv", snapkv.params, { budget: 100, window: 8 });
    const sharp: KeyValueCache = {
      ...cache,
      observed: (n, aware) => shapeQueries(cache.observed(n, aware), "ssmax"),
    };
    const expected = snapkv.prepare(sharp, params, ops);
    expect(prepareShaped(snapkv, cache, params, ops, "ssmax")).toEqual(expected);
    expect(prepareShaped(snapkv, cache, params, ops, "none")).not.toEqual(expected);
  });
});
