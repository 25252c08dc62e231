import { describe, expect, it } from "vitest";
import { dense } from "../../src/attention/variants/dense/dense.ts";
import { attender } from "../../src/attention/attender.ts";
import type { HeadResult } from "../../src/attention/read.ts";
import { parseShaping } from "../../src/attention/spec.ts";
import { shapeCache } from "../../src/attention/shaping.ts";
import { snapkv } from "../../src/attention/variants/eviction/snapkv.ts";
import { UsageError } from "../../src/core/errors.ts";
import { resolveParams } from "../../src/core/params.ts";
import { flat, rowNumbers } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { logitFactor, world } from "./fixtures.ts";

describe("logit factors", () => {
  it("are s ln n, ln n / ln n_train, (0.1 ln f + 1)^2, 1 + s ln(1 + floor(n / f))", () => {
    expect(logitFactor("ssmax", 1000)).toBeCloseTo(0.43 * Math.log(1000), 12);
    expect(logitFactor("ssmax(s=0.2)", 1000)).toBeCloseTo(0.2 * Math.log(1000), 12);
    expect(logitFactor("log-n", 32768)).toBe(1);
    expect(logitFactor("log-n", 2 ** 20)).toBeCloseTo(20 / 15, 12);
    expect(logitFactor("log-n(trained=1024)", 2 ** 20)).toBeCloseTo(2, 12);
    expect(logitFactor("yarn", 1000)).toBe(1);
    expect(logitFactor("yarn", 2 ** 20)).toBeCloseTo((0.1 * Math.log(32) + 1) ** 2, 12);
    expect(logitFactor("floor-log", 8191)).toBe(1);
    expect(logitFactor("floor-log", 2 ** 20)).toBeCloseTo(1 + 0.1 * Math.log(129), 12);
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

  describe("by another rule than a softmax", () => {
    const { cache, queries } = world(ops, { tokens: 60, needles: [7] });
    const of = (shaping: string): HeadResult =>
      attender({ variant: dense, params: {}, shaping: parseShaping(shaping) }, cache, ops)(queries).heads[0]!;
    const rows = Array.from({ length: 60 }, (_, i) => i);
    const softmax = (factor = 1): number[] => {
      const z = [...of("none").weights(0, rows)].map((w) => factor * Math.log(w));
      const exps = z.map((x) => Math.exp(x - Math.max(...z)));
      return exps.map((e) => e / exps.reduce((a, b) => a + b, 0));
    };
    const entropy = (p: readonly number[]): number =>
      -p.reduce((sum, x) => sum + (x > 0 ? x * Math.log(x) : 0), 0);

    it("entmax of alpha 2 is the projection on the simplex, and near 1 the softmax", () => {
      const z = [...of("none").weights(0, rows)].map(Math.log);
      // sparsemax by sorting: Martins and Astudillo 2016, arXiv 1602.02068, algorithm 1
      const falling = [...z].sort((a, b) => b - a);
      let [sum, tau] = [0, 0];
      for (const [k, value] of falling.entries()) {
        sum += value;
        if (1 + (k + 1) * value > sum) tau = (sum - 1) / (k + 1);
      }
      const weights = of("entmax(alpha=2)").weights(0, rows);
      for (const t of rows) expect(weights[t]).toBeCloseTo(Math.max(0, z[t]! - tau), 8);
      const near = of("entmax(alpha=1.01)").weights(0, rows);
      for (const t of rows) expect(Math.abs(near[t]! - softmax()[t]!)).toBeLessThan(0.03);
      // what has no weight has been read all the same
      expect(of("entmax(alpha=2)").tokensRead(0)).toBe(60);
    });

    it("adaptive temperature sharpens flat weights by the polynomial of their entropy", () => {
      const h = entropy(softmax());
      expect(h).toBeGreaterThan(0.5);
      const factor = Math.max(1, -0.037 * h ** 4 + 0.481 * h ** 3 - 2.3 * h ** 2 + 4.917 * h - 1.791);
      const weights = of("adaptive").weights(0, rows);
      for (const t of rows) expect(weights[t]).toBeCloseTo(softmax(factor)[t]!, 6);
      expect([...of("adaptive(above=20)").weights(0, rows)]).toEqual([...of("none").weights(0, rows)]);
    });

    it("differential attention takes a flatter softmax off", () => {
      const [first, second] = [softmax(), softmax(0.5)];
      const head = of("differential");
      const weights = head.weights(0, rows);
      for (const t of rows) expect(weights[t]).toBeCloseTo((first[t]! - 0.8 * second[t]!) / 0.2, 6);
      const values = cache.heads[0]!.values.tensor;
      for (const [c, x] of flat(head.output).entries())
        expect(x).toBeCloseTo(
          rows.reduce((sum, t) => sum + weights[t]! * rowNumbers(values, t)[c]!, 0),
          6,
        );
      expect([...of("differential(lambda=0)").weights(0, rows)]).toEqual([...of("none").weights(0, rows)]);
      expect(head.entropy(0)).toBeGreaterThan(0);
    });
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
