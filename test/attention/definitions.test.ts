import { describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import { resolveParams } from "../../src/core/params.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { rowNumbers } from "../../src/core/tensor.ts";
import { counting } from "../../src/engines/counting.ts";
import { costDifferences } from "./cost-law.ts";
import { world } from "./fixtures.ts";
import { best, dot, mean, plain, range, softmax, unit } from "./plain.ts";

// Each definition once more, in the plainest words, on one head and one query.

describe.each([96, 101, 240])("with %i tokens", (tokens) => {
  const { q, keys, scale, rows, run } = plain({ tokens });

  it("oracle reads the keys with the largest scores", () => {
    expect(rows("oracle", { k: 9 })).toEqual(
      best(
        keys.map((k) => dot(q, k)),
        9,
      ),
    );
  });

  it("loki and infinigen along all directions read the keys with the largest scores", () => {
    const scores = keys.map((k) => dot(q, k));
    expect(rows("loki", { rank: 8, k: 9 })).toEqual(best(scores, 9));
    const own = tokens - 1;
    const fetched = best(scores.slice(0, own), 9);
    expect(rows("infinigen", { rank: 8, k: 9, alpha: 1e6 })).toEqual([...fetched, own]);
    const largest = Math.max(...scores.slice(0, own));
    const near = scores.slice(0, own).filter((score) => scale * (largest - score) < 1).length;
    expect(rows("infinigen", { rank: 8, k: tokens, alpha: 1 })).toHaveLength(near + 1);
  });

  it("sink-window reads the first and the last tokens", () => {
    expect(rows("sink-window", { sinks: 2, window: 5 })).toEqual([
      0,
      1,
      ...range(5).map((t) => tokens - 5 + t),
    ]);
  });

  it("chunked attention reads the tokens of the query's chunk", () => {
    const from = Math.floor((tokens - 1) / 48) * 48;
    expect(rows("chunked", { chunk: 48 })).toEqual(range(tokens - from).map((t) => from + t));
  });

  it("qsa and pooled DSA read whole pools of best mean key, and the tail", () => {
    const whole = Math.floor(tokens / 4);
    const means = range(whole).map((p) => mean(unit(p, 4, tokens).map((t) => keys[t]!)));
    const tail = range(tokens - 4 * whole).map((t) => 4 * whole + t);
    const read = (scores: readonly number[]): number[] => [
      ...best(scores, 5).flatMap((p) => unit(p, 4, tokens)),
      ...tail,
    ];
    const exact = { k: 21, indexHeads: 1, indexDim: 8, indexNoise: 0 };
    // only pools of positive score take part; rounded keys do not change the order of these few
    const cosines = means.map((m) => dot(q, m) / Math.hypot(...m));
    expect(rows("qsa", { ...exact, block: 4 })).toEqual(read(cosines));
    expect(rows("pooled-dsa", { ...exact, pool: 4 })).toEqual(read(means.map((m) => dot(q, m))));
  });

  it("quest reads the pages of largest bound and its own", () => {
    const own = Math.floor((tokens - 1) / 8);
    const bounds = range(own).map((page) => {
      const inPage = unit(page, 8, tokens).map((t) => keys[t]!);
      return q.reduce((sum, x, c) => {
        const channel = inPage.map((k) => k[c]!);
        return sum + Math.max(x * Math.min(...channel), x * Math.max(...channel));
      }, 0);
    });
    const expected = [...best(bounds, 3), own].flatMap((page) => unit(page, 8, tokens));
    expect(rows("quest", { page: 8, budget: 39 })).toEqual(expected);
    expect(rows("quest", { page: 8, budget: 1 })).toEqual(
      [...best(bounds, 2), own].flatMap((page) => unit(page, 8, tokens)),
    );
  });

  it("moba reads the blocks of best mean key and its own", () => {
    const own = Math.floor((tokens - 1) / 16);
    const scores = range(own).map((b) => dot(q, mean(unit(b, 16, tokens).map((t) => keys[t]!))));
    const expected = [...best(scores, 2), own].flatMap((b) => unit(b, 16, tokens));
    expect(rows("moba", { block: 16, k: 3 })).toEqual(expected);
    expect(rows("moba", { block: 16, k: 1 })).toEqual(unit(own, 16, tokens));
  });

  it("nsa selects blocks by the compressed weights on them", () => {
    const params = { block: 8, stride: 4, selectBlock: 16, window: 10 };
    const entries = range(Math.floor((tokens - 8) / 4) + 1);
    const weights = softmax(entries.map((e) => scale * dot(q, mean(range(8).map((t) => keys[4 * e + t]!)))));
    const own = Math.floor((tokens - 1) / 16);
    // two entries start in every stride: the weight of a token is that of the entries that hold it
    const importance = range(own + 1).map((b) =>
      unit(b, 16, tokens).reduce(
        (sum, t) => sum + entries.reduce((s, e) => s + (t >= 4 * e && t < 4 * e + 8 ? weights[e]! : 0), 0),
        0,
      ),
    );
    const free = range(own - 1).filter((b) => b > 0);
    const window = range(10).map((t) => tokens - 10 + t);
    for (const selected of range(own + 2).filter((n) => n >= 3)) {
      const chosen = best(
        free.map((b) => importance[b]!),
        selected - 3,
      ).map((i) => free[i]!);
      const expected = [0, ...chosen, own - 1, own].flatMap((b) => unit(b, 16, tokens));
      expect(rows("nsa", { ...params, selected })).toEqual(
        [...new Set([...expected, ...window])].sort((a, b) => a - b),
      );
    }

    const compressed = run("nsa", { ...params, gateCompressed: 1, gateSelected: 0, gateWindow: 0.001 });
    const tokenWeights = range(tokens).map((t) =>
      entries.reduce((s, e) => s + (t >= 4 * e && t < 4 * e + 8 ? weights[e]! / 8 : 0), 0),
    );
    const got = compressed.heads[0]!.weights(0, range(tokens));
    for (const t of range(tokens - 10)) expect(got[t]).toBeCloseTo(tokenWeights[t]! / 1.001, 6);
  });

  it("tree finds the best leaves when its beam cuts nothing, and follows the best node when it is 1", () => {
    const leaves = Math.floor((tokens - 1) / 4);
    const m = (start: number, size: number): number => dot(q, mean(range(size).map((t) => keys[start + t]!)));
    const all = range(leaves).map((leaf) => m(4 * leaf, 4));
    // 60 leaves at most: a beam of 20 has 80 children, so the top level is that of the leaves
    expect(rows("tree", { branching: 4, beam: 20 })).toEqual(
      [...best(all, 20), leaves].flatMap((leaf) => unit(leaf, 4, tokens)),
    );
    let [kept, above]: [number[], number] = [[], 0];
    for (let level = 1; level <= 9; level++) {
      const size = 4 ** level;
      if (Math.ceil(tokens / size) > 4) continue;
      // the lowest level that fits the beam is the top
      for (let l = level; l >= 1; l--) {
        const whole = Math.floor((tokens - 1) / 4 ** l);
        const candidates = [
          ...kept.flatMap((n) => unit(n, 4, Infinity)),
          ...range(whole).filter((n) => n >= 4 * above),
        ];
        kept = best(
          candidates.map((n) => m(n * 4 ** l, 4 ** l)),
          1,
        ).map((i) => candidates[i]!);
        above = whole;
      }
      break;
    }
    expect(rows("tree", { branching: 4, beam: 1 })).toEqual(
      [...kept, leaves].flatMap((leaf) => unit(leaf, 4, tokens)),
    );
  });
});

describe("a shared oracle", () => {
  const shape = { tokens: 300, kvHeads: 3, headDim: 16, group: 2, positions: [299, 120] };
  const ops = referenceEngine();
  const variant = variants.get("oracle");
  const params = resolveParams("oracle", variant.params, { k: 20, shared: true });

  it("reads the tokens with the largest sum of scores over all query heads, in every head", () => {
    const { cache, queries } = world(ops, shape);
    const { heads } = variant.attend({ queries, cache, index: undefined, ops }, params);
    for (const [i, position] of shape.positions.entries()) {
      const sums = range(position + 1).map((t) =>
        range(6).reduce((sum, head) => {
          const [h, g] = [Math.floor(head / 2), head % 2];
          const key = rowNumbers(cache.heads[h]!.keys.tensor, t);
          return sum + range(16).reduce((s, c) => s + queries.heads[h]!.get(2 * i + g, c) * key[c]!, 0);
        }, 0),
      );
      for (const head of heads)
        for (const g of [0, 1])
          expect(range(300).filter((t) => head.reads(2 * i + g, t))).toEqual(best(sums, 20));
    }
  });

  it("costs what counting counts", () => {
    const small = { ...variant.small, shared: true };
    expect(costDifferences({ ...variant, small }, counting(referenceEngine()))).toEqual([]);
  });
});

it("no k tokens hold more of a head's dense weight than the oracle's", () => {
  const { rows, run } = plain({ tokens: 240 });
  const dense = run("dense", {}).heads[0]!.weights(0, range(240));
  const mass = (read: readonly number[]): number => read.reduce((sum, t) => sum + dense[t]!, 0);
  const most = mass(rows("oracle", { k: 48 }));
  expect(most).toBeCloseTo(
    [...dense]
      .sort((a, b) => b - a)
      .slice(0, 48)
      .reduce((a, b) => a + b, 0),
    12,
  );
  for (const [name, params] of [
    ["quest", { page: 8, budget: 48 }],
    ["moba", { block: 16, k: 3 }],
    ["dsa", { k: 48 }],
    ["sink-window", { sinks: 4, window: 44 }],
  ] as const)
    expect(mass(rows(name, params))).toBeLessThan(most);
});

describe("dsa", () => {
  const shape = { tokens: 400, kvHeads: 4, headDim: 32, group: 2, positions: [399], needles: [31, 200] };

  it("reads the same tokens with every head, the needles among them", () => {
    const ops = referenceEngine();
    const variant = variants.get("dsa");
    const params = resolveParams("dsa", variant.params, { k: 20 });
    const { cache, queries } = world(ops, shape);
    // both query heads of a group ask for the needle
    for (const rows of queries.heads) rows.data.copyWithin(32, 0, 32);
    const { heads } = variant.attend(
      { queries, cache, index: variant.prepare(cache, params, ops), ops },
      params,
    );
    const lists = heads.flatMap((head) => [0, 1].map((i) => range(400).filter((t) => head.reads(i, t))));
    for (const list of lists) expect(list).toEqual(lists[0]);
    expect(lists[0]).toHaveLength(20);
    expect(lists[0]).toEqual(expect.arrayContaining([31, 200]));
  });

  it("loses needles when its index queries are noise", () => {
    const ops = referenceEngine();
    const variant = variants.get("dsa");
    const recall = (indexNoise: number): number => {
      const params = resolveParams("dsa", variant.params, { k: 20, indexHeads: 1, indexNoise });
      const found = range(10).map((i) => {
        const { cache, queries } = world(ops, { ...shape, group: 1, seed: `noise ${i}` });
        const { heads } = variant.attend(
          { queries, cache, index: variant.prepare(cache, params, ops), ops },
          params,
        );
        return [31, 200].filter((t) => heads[0]!.reads(0, t)).length;
      });
      return found.reduce((a, b) => a + b, 0) / 20;
    };
    expect(recall(0)).toBe(1);
    expect(recall(10)).toBeLessThan(0.6);
  });
});
