import { describe, expect, it } from "vitest";
import { dense } from "../../src/attention/dense.ts";
import { attender } from "../../src/attention/attender.ts";
import { parseShaping } from "../../src/attention/spec.ts";
import { shapeCache } from "../../src/attention/shaping.ts";
import { snapkv } from "../../src/attention/snapkv.ts";
import { UsageError } from "../../src/core/errors.ts";
import { resolveParams } from "../../src/core/params.ts";
import { flat, rowNumbers } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/kernels/reference.ts";
import { logitFactor, world } from "./fixtures.ts";

describe("logit factors", () => {
  it("are s ln n, ln n / ln n_train, (0.1 ln f + 1)^2", () => {
    expect(logitFactor("ssmax", 1000)).toBeCloseTo(0.43 * Math.log(1000), 12);
    expect(logitFactor("ssmax(s=0.2)", 1000)).toBeCloseTo(0.2 * Math.log(1000), 12);
    expect(logitFactor("log-n", 32768)).toBe(1);
    expect(logitFactor("log-n", 2 ** 20)).toBeCloseTo(20 / 15, 12);
    expect(logitFactor("log-n(trained=1024)", 2 ** 20)).toBeCloseTo(2, 12);
    expect(logitFactor("yarn", 1000)).toBe(1);
    expect(logitFactor("yarn", 2 ** 20)).toBeCloseTo((0.1 * Math.log(32) + 1) ** 2, 12);
    expect(logitFactor("none", 1000)).toBe(1);
    expect(logitFactor("sink", 1000)).toBe(1);
  });

  it.each([
    ["softmaxx", 'unknown logit shaping "softmaxx"; known: '],
    ["ssmax(s=-1)", 'ssmax: s must be a number >= 0; got "-1"'],
    ["ssmax+sink", "a logit shaping takes no modifiers"],
  ])("refuse %s", (spec, reason) => {
    expect(() => parseShaping(spec)).toThrow(UsageError);
    expect(() => parseShaping(spec)).toThrow(reason);
  });
});

describe("shaped attention", () => {
  const ssmax = parseShaping("ssmax");
  const ops = referenceEngine();

  it("scales each query, group and all, by the keys it sees", () => {
    const { queries } = world(ops, { tokens: 50, group: 2, positions: [9, 49] });
    const shaped = ssmax.shaping.shape(queries, ssmax.params);
    for (const h of [0, 1])
      for (let row = 0; row < 4; row++)
        expect(shaped.heads[h]!.get(row, 3)).toBeCloseTo(
          queries.heads[h]!.get(row, 3) * 0.43 * Math.log(row < 2 ? 10 : 50),
          5,
        );
    expect(parseShaping("none").shaping.shape(queries, {})).toBe(queries);
  });

  it("lets a sink take exactly its share", () => {
    const { cache, queries } = world(ops, { tokens: 50 });
    const plain = attender({ variant: dense, params: {}, shaping: parseShaping("none") }, cache, ops)(queries)
      .heads[0]!;
    const sunk = attender({ variant: dense, params: {}, shaping: parseShaping("sink") }, cache, ops)(queries)
      .heads[0]!;
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
    const shaped = snapkv.prepare(shapeCache(cache, ssmax), params, ops);
    const sharper = {
      ...cache,
      observed: (n: number, aware: boolean) => ssmax.shaping.shape(cache.observed(n, aware), ssmax.params),
    };
    expect(shaped).toEqual(snapkv.prepare(sharper, params, ops));
    expect(shaped).not.toEqual(snapkv.prepare(cache, params, ops));
  });
});
