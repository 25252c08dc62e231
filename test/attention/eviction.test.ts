import { describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import type { KeyValueCache } from "../../src/attention/cache.ts";
import { resolveParams } from "../../src/core/params.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { world } from "./fixtures.ts";
import { best, dot, plain, range, softmax } from "./plain.ts";

const tokens = 120;

/** The context ends at token 99: what comes after is kept whatever it is. */
const { keys, values, cache, rows } = plain({ tokens, observedEnd: 99 });
const after = range(20).map((t) => 100 + t);

/** (queries, 100) weights of the queries that prefill saw, and the products they come from. */
const seen = (count: number, spread: "last" | "even"): { weights: number[][]; products: number[][] } => {
  const queries = cache.observed(count, false, spread);
  const rowsOf = range(queries.count).map((i) => {
    const q = range(8).map((c) => queries.heads[0]!.get(i, c));
    const products = keys.slice(0, 100).map((k) => queries.scale * dot(q, k));
    const visible = queries.positions[i]! + 1;
    return {
      products,
      weights: [...softmax(products.slice(0, visible)), ...range(100 - visible).map(() => 0)],
    };
  });
  return { weights: rowsOf.map(({ weights }) => weights), products: rowsOf.map(({ products }) => products) };
};

it("snapkv keeps what the observed queries attended to, pooled, and what came after", () => {
  const tokens = 120;
  const { keys, cache, rows } = plain({ tokens, observedEnd: 99 });
  const voters = cache.observed(6, false);
  const votes = range(94).map(() => 0);
  for (const i of range(6)) {
    const q = range(8).map((c) => voters.heads[0]!.get(i, c));
    const seen = keys.slice(0, voters.positions[i]! + 1);
    const weights = softmax(seen.map((k) => voters.scale * dot(q, k)));
    for (const t of range(94)) votes[t]! += weights[t]!;
  }
  const pooled = votes.map((_, t) => [-1, 0, 1].reduce((sum, n) => sum + (votes[t + n] ?? 0), 0));
  // 26 tokens from the first voter on, so 14 of a budget of 40 are voted for
  const expected = [...best(pooled, 14), ...range(26).map((t) => 94 + t)];
  expect(rows("snapkv", { budget: 40, window: 6, pool: 3 })).toEqual(expected);
  expect(rows("snapkv", { budget: 10, window: 6 })).toEqual(range(10).map((t) => 110 + t));
  expect(rows("snapkv", { budget: 120 })).toEqual(range(120));
});

describe("h2o", () => {
  // FMInference/H2O sums; NVIDIA/kvpress divides by the queries that see the key
  it.each(["sum", "mean"])("keeps the half of largest %s of weights, and the last half", (score) => {
    const { weights } = seen(10, "even");
    const positions = range(10).map((i) => 10 * i + 9);
    const scores = range(90).map((t) => {
      const seers = positions.flatMap((position, i) => (position >= t ? [weights[i]![t]!] : []));
      return seers.reduce((a, b) => a + b, 0) / (score === "sum" ? 1 : seers.length);
    });
    // of 60 the last 30 and the best 30
    expect(rows("h2o", { budget: 60, observe: 10, score })).toEqual([
      ...best(scores, 30),
      ...range(30).map((t) => 90 + t),
    ]);
  });
});

describe("tova", () => {
  it("keeps what the last query attends to", () => {
    const [last] = seen(1, "last").weights;
    expect(rows("tova", { budget: 50 })).toEqual([...best(last!.slice(0, 99), 29), 99, ...after]);
  });

  it("keeps the same tokens in every head", () => {
    const ops = referenceEngine();
    const { cache: two, queries } = world(ops, { tokens: 300, kvHeads: 2, observedEnd: 299 });
    const variant = variants.get("tova");
    const params = resolveParams("tova", variant.params, { budget: 40 });
    const { heads } = variant.attend(
      { queries, cache: two, index: variant.prepare(two, params, ops), ops },
      params,
    );
    const kept = heads.map((head) => range(300).filter((t) => head.reads(0, t)));
    expect(kept[0]).toHaveLength(40);
    expect(kept[1]).toEqual(kept[0]);
  });
});

describe("pyramidkv", () => {
  it("is snapkv in the middle, and keeps more before it than after", () => {
    const of = (depth: number): number[] => rows("pyramidkv", { budget: 40, window: 6, depth });
    expect(of(0.5)).toEqual(rows("snapkv", { budget: 40, window: 6 }));
    // room 34, of which the last layer has a twentieth and the first the rest of twice that
    expect(of(0)).toHaveLength(6 + 67);
    // room 60: the first layer keeps all of the 114 there are, the last 6
    expect(rows("pyramidkv", { budget: 66, window: 6, depth: 0.75 })).toHaveLength(6 + 33);
  });

  // KVCache-Factory, PyramidKVCluster.update_kv: the middle branch
  it("keeps the mean budget in every layer below twice the mean room", () => {
    for (const depth of [0, 0.25, 1])
      expect(rows("pyramidkv", { budget: 67, window: 6, depth })).toEqual(
        rows("snapkv", { budget: 67, window: 6 }),
      );
  });
});

describe("keydiff", () => {
  it("keeps the keys least like the mean of the normalised keys", () => {
    const context = keys.slice(0, 100);
    const unit = context.map((k) => k.map((x) => x / Math.hypot(...k)));
    const anchor = range(8).map((c) => unit.reduce((sum, k) => sum + k[c]!, 0) / 100);
    const scores = unit.map((k) => -dot(k, anchor));
    expect(rows("keydiff", { budget: 50 })).toEqual([...best(scores, 30), ...after]);
  });
});

describe("expected", () => {
  it("keeps what a Gaussian of the queries attends to, times the length of the values", () => {
    // every second query: those at 1 and 3 stand in the sinks, which kvpress leaves out of its statistics
    const products = seen(50, "even").products.slice(2);
    const scores = range(100).map((t) => {
      const z = products.map((row) => row[t]!);
      const mean = z.reduce((a, b) => a + b, 0) / 48;
      const variance = z.reduce((a, x) => a + (x - mean) ** 2, 0) / 48;
      return Math.exp(mean + variance / 2) * Math.hypot(...values[t]!);
    });
    const chosen = best(
      scores.map((score, t) => (t < 4 ? Infinity : score)),
      30,
    );
    expect(rows("expected", { budget: 50, observe: 50 })).toEqual([...chosen, ...after]);
  });
});

describe("adakv", () => {
  const ops = referenceEngine();
  const { cache: two, queries } = world(ops, { tokens: 200, kvHeads: 2, observedEnd: 199 });
  const kept = (name: string, given: object): number[][] => {
    const variant = variants.get(name);
    const params = resolveParams(name, variant.params, { budget: 60, window: 8, ...given });
    const { heads } = variant.attend(
      { queries, cache: two, index: variant.prepare(two, params, ops), ops },
      params,
    );
    return heads.map((head) => range(200).filter((t) => head.reads(0, t)));
  };

  it.each(["mixed", "guaranteed"])("shares one budget among the heads, above a floor: %s", (division) => {
    const [a, b] = kept("adakv", { floor: 0, division });
    expect(a!.length + b!.length).toBe(120);
    expect(a!.length).not.toBe(60);
    for (const floor of [0.5, 0.9]) {
      const heads = kept("adakv", { floor, division });
      // the mixture rounds each head's share
      expect(Math.abs(heads[0]!.length + heads[1]!.length - 120)).toBeLessThanOrEqual(
        division === "mixed" ? 1 : 0,
      );
      for (const head of heads) expect(head.length).toBeGreaterThanOrEqual(Math.floor(floor * 60));
    }
    expect(kept("adakv", { floor: 1, division })).toEqual(kept("snapkv", {}));
  });

  // FFY0/AdaKV, AdaptiveSnapKVCluster: round(n (1 - floor) + int(floor room))
  it("mixes what a head wins with an even share", () => {
    const won = kept("adakv", { floor: 0 }).map(({ length }) => length - 8);
    const mixed = kept("adakv", { floor: 0.5 }).map(({ length }) => length - 8);
    for (const h of [0, 1]) expect(Math.abs(mixed[h]! - (won[h]! / 2 + 26))).toBeLessThanOrEqual(0.5);
  });
});

/** Those that may be told the question; selective attention's mask comes from earlier queries alone. */
const evictions = [...variants].filter(
  ({ family, params }) => family === "eviction" && "queryAware" in params,
);

describe.each(evictions.map(({ name }) => name))("%s", (name) => {
  const ops = referenceEngine();
  const variant = variants.get(name);

  it("asks for the question's queries only when it may see them", () => {
    const needsQueries = name !== "keydiff";
    const { cache: whole } = world(ops, { tokens: 200 });
    const asked = new Set<boolean>();
    const spy: KeyValueCache = {
      ...whole,
      observed(count, queryAware, spread) {
        asked.add(queryAware);
        return whole.observed(count, queryAware, spread);
      },
    };
    for (const queryAware of [false, true]) {
      asked.clear();
      variant.prepare(spy, resolveParams(name, variant.params, { budget: 100, queryAware }), ops);
      expect([...asked]).toEqual(needsQueries ? [queryAware] : []);
    }
  });

  it("reads its budget, however much it is of the cache", () => {
    for (const budget of [1, 19, 20, 21, 70, 119, 120, 500]) {
      const read = rows(name, { budget }).length;
      if (name !== "pyramidkv") expect(read).toBe(Math.min(budget, tokens));
      expect(read).toBeLessThanOrEqual(Math.min(budget, tokens));
    }
  });
});
