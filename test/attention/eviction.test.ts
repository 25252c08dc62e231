import { describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import type { KeyValueCache, Queries } from "../../src/attention/cache.ts";
import type { Kept } from "../../src/attention/parts/kept.ts";
import { resolveParams } from "../../src/core/params.ts";
import { Random } from "../../src/core/random.ts";
import { rowNumbers, tensor } from "../../src/core/tensor.ts";
import type { Rows } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { world } from "./fixtures.ts";
import { best, dot, mean as average, plain, range, softmax } from "./plain.ts";

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

describe("random", () => {
  it("keeps other tokens in each head and for each seed, the same on every run", () => {
    const ops = referenceEngine();
    const kept = (seed: string): number[][] => {
      const { cache: two, queries } = world(ops, { tokens: 300, kvHeads: 2, observedEnd: 279, seed });
      const variant = variants.get("random");
      const params = resolveParams("random", variant.params, { budget: 120 });
      const { heads } = variant.attend(
        { queries, cache: two, index: variant.prepare(two, params, ops), ops },
        params,
      );
      return heads.map((head) => range(300).filter((t) => head.reads(0, t)));
    };
    const [a, b] = kept("one");
    expect(kept("one")).toEqual([a, b]);
    expect(kept("two")[0]).not.toEqual(a);
    for (const rows of [a!, b!]) {
      expect(rows).toHaveLength(120);
      expect(rows.slice(-20)).toEqual(range(20).map((t) => 280 + t));
    }
    // two draws of 100 of 280 share 36 in the mean, with a standard deviation of 3.9 (hypergeometric)
    const shared = a!.slice(0, 100).filter((t) => b!.includes(t)).length;
    expect(Math.abs(shared - 36)).toBeLessThan(16);
  });
});

describe("knorm", () => {
  it("keeps the keys of smallest norm", () => {
    const norms = keys.slice(0, 100).map((k) => -Math.hypot(...k));
    expect(rows("knorm", { budget: 50 })).toEqual([...best(norms, 30), ...after]);
    const all = keys.map((k) => -Math.hypot(...k));
    expect(rows("knorm", { budget: 50, queryAware: true })).toEqual(best(all, 50));
  });
});

describe("lagkv", () => {
  // NVIDIA/kvpress, LagKVPress.score: 4 sinks, then partitions of 20, of which the last is kept, and 16 tokens after it
  it("keeps the highest ranks of each partition, by the ranges of the next one", () => {
    const odd = (of: number[][], t: number, first: number): number => {
      const next = of.slice(first + 20, first + 40);
      const placed = of[t]!.map((x, c) => {
        const channel = next.map((row) => row[c]!);
        return (x - Math.min(...channel)) / (Math.max(...channel) - Math.min(...channel));
      });
      const average = placed.reduce((a, b) => a + b, 0) / 8;
      return Math.sqrt(placed.reduce((a, x) => a + (x - average) ** 2, 0) / 7);
    };
    const partition = (first: number): number[] => {
      const tokensOf = range(20).map((i) => first + i);
      const [byKey, byValue] = [keys, values].map((of) => softmax(tokensOf.map((t) => odd(of, t, first))));
      const scores = tokensOf.map((_, i) => byKey![i]! + byValue![i]!);
      return tokensOf.map((_, i) => scores.filter((s) => s < scores[i]!).length);
    };
    const scores = [...range(4).map(() => Infinity), ...[4, 24, 44].flatMap(partition)];
    const last = range(56).map((t) => 64 + t);
    expect(rows("lagkv", { budget: 80, lag: 20 })).toEqual([...best(scores, 24), ...last]);
  });

  it("keeps sinks and the last tokens of a prompt of fewer than two partitions", () => {
    expect(rows("lagkv", { budget: 40 })).toEqual([...range(4), ...range(36).map((t) => 84 + t)]);
  });
});

describe("chunkkv", () => {
  it("keeps the chunks of largest mean vote, the same in every head", () => {
    const ops = referenceEngine();
    const { cache: two, queries } = world(ops, { tokens: 120, kvHeads: 2, headDim: 8, observedEnd: 99 });
    const voters = two.observed(6, false);
    const votes = range(94).map(() => 0);
    for (const h of [0, 1])
      for (const i of range(6)) {
        const q = range(8).map((c) => voters.heads[h]!.get(i, c));
        const visible = range(voters.positions[i]! + 1);
        const keysOf = (t: number): number[] =>
          range(8).map((c) => rowNumbers(two.heads[h]!.keys.tensor, t)[c]!);
        softmax(visible.map((t) => voters.scale * dot(q, keysOf(t)))).forEach((weight, t) => {
          if (t < 94) votes[t]! += weight;
        });
      }
    const pooled = votes.map((_, t) => [-1, 0, 1].reduce((sum, n) => sum + (votes[t + n] ?? 0), 0));
    // chunks of 20 tokens, the last of 14
    const means = range(5).map((u) => {
      const own = pooled.slice(20 * u, 20 * u + 20);
      return own.reduce((a, b) => a + b, 0) / own.length;
    });
    const order = range(5).sort((a, b) => means[b]! - means[a]!);
    const chosen = order.flatMap((u) => range(Math.min(20, 94 - 20 * u)).map((i) => 20 * u + i));
    const variant = variants.get("chunkkv");
    const params = resolveParams("chunkkv", variant.params, { budget: 71, window: 6, pool: 3 });
    const { heads } = variant.attend(
      { queries, cache: two, index: variant.prepare(two, params, ops), ops },
      params,
    );
    const expected = [...chosen.slice(0, 45).sort((a, b) => a - b), ...range(26).map((t) => 94 + t)];
    for (const head of heads) expect(range(120).filter((t) => head.reads(0, t))).toEqual(expected);
  });
});

describe("compactor", () => {
  // NVIDIA/kvpress, CompactorPress.score under AdaKVPress, with 2 sinks, 4 last tokens and chunks of 40
  it("keeps what leverage and attention within chunks tell, for all heads together", () => {
    const ops = referenceEngine();
    const shape = { tokens: 120, kvHeads: 2, group: 2, headDim: 8, observedEnd: 99 };
    const { cache: two, queries } = world(ops, shape);
    const rowsIn = (of: Rows): number[][] => range(120).map((t) => [...rowNumbers(of, t)]);
    const scored = range(94).map((i) => 2 + i);
    const asking = two.observed(100, false, "even");
    const ofHead = (h: number): { leverage: number[]; attention: number[] } => {
      const [own, told] = [rowsIn(two.heads[h]!.keys.tensor), rowsIn(two.heads[h]!.values.tensor)];
      const draws = new Random(`${two.seed}/compactor/${h}`);
      const directions = range(8).map(() => range(5).map(() => draws.normal() / Math.sqrt(5)));
      const middle = average(scored.map((t) => own[t]!));
      const x = scored.map((t) =>
        range(5).map((k) => own[t]!.reduce((sum, y, c) => sum + (y - middle[c]!) * directions[c]![k]!, 0)),
      );
      const inverse = inverted(
        range(5).map((i) =>
          range(5).map((j) => x.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? 0.01 : 0)),
        ),
      );
      const leverage = x.map((row) =>
        dot(
          row,
          inverse.map((line) => dot(line, row)),
        ),
      );
      const sums = range(94).map(() => 0);
      for (const start of [2, 42, 82]) {
        const chunk = scored.filter((t) => t >= start && t < start + 40);
        for (const t of chunk)
          for (const g of [0, 1]) {
            const q = range(8).map((c) => asking.heads[h]!.get(2 * t + g, c));
            const logits = chunk.map((s) => asking.scale * Math.sqrt(8) * dot(q, own[s]!));
            softmax(logits).forEach((weight, i) => (sums[start - 2 + i]! += weight / 2));
          }
      }
      const long = sums.map((sum, i) => sum * Math.hypot(...told[2 + i]!));
      return {
        leverage,
        attention: long.map((_, i) => ((long[i - 1] ?? 0) + long[i]! + (long[i + 1] ?? 0)) / 3),
      };
    };
    const heads = [0, 1].map(ofHead);
    const z = (of: number[]): number[] => {
      const m = of.reduce((a, b) => a + b, 0) / of.length;
      const sd = Math.sqrt(of.reduce((a, b) => a + (b - m) ** 2, 0) / (of.length - 1));
      return of.map((b) => (b - m) / sd);
    };
    const [l, a] = [
      z(heads.flatMap(({ leverage }) => leverage)),
      z(heads.flatMap(({ attention }) => attention)),
    ];
    const scores = l.map((one, i) => (1 - 60 / 120) * one + a[i]!);
    const all = [0, 1].flatMap((h) => [Infinity, Infinity, ...scores.slice(94 * h, 94 * h + 94)]);
    // of 60 tokens a head has 24 last ones
    const chosen = best(all, 2 * 36);
    const variant = variants.get("compactor");
    const given = { budget: 60, sinks: 2, chunk: 40, sketch: 5, floor: 0 };
    const params = resolveParams("compactor", variant.params, given);
    const result = variant.attend(
      { queries, cache: two, index: variant.prepare(two, params, ops), ops },
      params,
    );
    result.heads.forEach((head, h) => {
      const kept = chosen.filter((at) => Math.floor(at / 96) === h).map((at) => at % 96);
      expect(range(120).filter((t) => head.reads(0, t))).toEqual([...kept, ...range(24).map((t) => 96 + t)]);
    });
  });
});

/** The inverse of a matrix, by Gauss and Jordan. */
function inverted(matrix: number[][]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...range(n).map((j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    const pivot = rows[i]![i]!;
    rows[i] = rows[i]!.map((x) => x / pivot);
    for (let j = 0; j < n; j++)
      if (j !== i) {
        const factor = rows[j]![i]!;
        rows[j] = rows[j]!.map((x, c) => x - factor * rows[i]![c]!);
      }
  }
  return rows.map((row) => row.slice(n));
}

describe("finch", () => {
  // NVIDIA/kvpress, FinchPress.score: weights times the number of keys before the query
  it("keeps the question and what its queries attend to, each by the keys before it", () => {
    const { weights } = seen(20, "last");
    const votes = range(100).map((t) => weights.reduce((sum, row, i) => sum + (80 + i) * (row[t] ?? 0), 0));
    expect(rows("finch", { budget: 50 })).toEqual([...best(votes, 30), ...after]);
    expect(rows("finch", { budget: 12 })).toEqual(range(12).map((t) => 108 + t));
  });

  it("asks for the question's queries, all of them", () => {
    const { cache: whole } = world(referenceEngine(), { tokens: 200, observedEnd: 169 });
    const asked: unknown[] = [];
    const spy: KeyValueCache = {
      ...whole,
      observed(...which) {
        asked.push(which.slice(0, 2));
        return whole.observed(...which);
      },
    };
    const variant = variants.get("finch");
    variant.prepare(spy, resolveParams("finch", variant.params, { budget: 100 }), referenceEngine());
    expect(asked).toEqual([[30, true]]);
  });
});

describe("cur", () => {
  // NVIDIA/kvpress, CURPress.score with its defaults
  it("keeps sinks, and tokens whose keys and values are long beside their neighbours'", () => {
    const square = (of: number[][]): number[] => of.slice(0, 100).map((row) => dot(row, row));
    const shares = (squares: number[]): number[] =>
      squares.map((x, t) => x / squares.slice(t - (t % 16), t - (t % 16) + 16).reduce((a, b) => a + b, 0));
    const [k2, v2] = [shares(square(keys)), shares(square(values))];
    const scores = k2.map((share, t) => (t < 4 ? Infinity : share * v2[t]!));
    expect(rows("cur", { budget: 50 })).toEqual([...best(scores, 30), ...after]);
  });
});

describe("qfilter", () => {
  it("keeps the keys that reach farthest along the main direction of the queries", () => {
    const { cache: own } = plain({ tokens, observedEnd: 99 });
    const direction = range(8).map((c) => Math.cos(c));
    // queries along one direction, longer and shorter, with something else beside it
    const lengths = range(10).map((i) => 3 + i);
    const spread = lengths.map((length, i) => direction.map((x, c) => length * x + (c === i % 8 ? 0.1 : 0)));
    const filtered: KeyValueCache = {
      ...own,
      observed: (...which) => ({
        ...own.observed(...which),
        count: 10,
        heads: [tensor(Float64Array.from(spread.flat()), [10, 8])],
      }),
    };
    const variant = variants.get("qfilter");
    const params = resolveParams("qfilter", variant.params, { budget: 50 });
    const ops = referenceEngine();
    const { queries } = plain({ tokens });
    const [head] = variant.attend(
      { queries, cache: filtered, index: variant.prepare(filtered, params, ops), ops },
      params,
    ).heads;
    const kept = range(tokens).filter((t) => head!.reads(0, t));
    // the first right singular vector, found by another way: the best of all directions near it
    const variance = (f: number[]): number => spread.reduce((sum, q) => sum + dot(q, f) ** 2, 0) / dot(f, f);
    let main = direction;
    for (let round = 0; round < 4000; round++) {
      const step = direction.map((_, c) => 0.02 * Math.sin(7919 * round * (c + 1)));
      const other = main.map((x, c) => x + step[c]! / (1 + round / 200));
      if (variance(other) > variance(main)) main = other;
    }
    const along = keys.slice(0, 100).map((k) => dot(k, main));
    expect(kept).toEqual([...best(along, 30), ...after]);
  });
});

describe("kvzip", () => {
  // NVIDIA/kvpress, KVzipPress.score_kvzip and compress_post with layerwise=True
  it("keeps the largest weights of queries that repeat the prompt, in chunks, for all heads together", () => {
    const ops = referenceEngine();
    const { cache: two, queries } = world(ops, {
      tokens: 120,
      kvHeads: 2,
      group: 2,
      headDim: 8,
      observedEnd: 99,
    });
    const scores = [0, 1].flatMap((h) => {
      const keysOf = (t: number): number[] =>
        range(8).map((c) => rowNumbers(two.heads[h]!.keys.tensor, t)[c]!);
      const own = range(100).map(() => 0);
      for (const chunk of [
        range(32),
        range(32).map((i) => 32 + i),
        range(32).map((i) => 64 + i),
        range(4).map((i) => 96 + i),
      ]) {
        const asking = two.repeated!(Int32Array.from(chunk));
        const among = [...(chunk[0] === 0 ? [] : range(3)), ...chunk];
        for (const i of range(2 * chunk.length)) {
          const q = range(8).map((c) => asking.heads[h]!.get(i, c));
          const weights = softmax(among.map((t) => asking.scale * dot(q, keysOf(t))));
          among.forEach((t, j) => {
            if (chunk.includes(t)) own[t] = Math.max(own[t]!, weights[j]!);
          });
        }
      }
      return own.map((score, t) => (t < 3 ? 1 : score));
    });
    const chosen = best(scores, 2 * 30);
    const variant = variants.get("kvzip");
    const params = resolveParams("kvzip", variant.params, { budget: 50, sinks: 3, chunk: 32 });
    const { heads } = variant.attend(
      { queries, cache: two, index: variant.prepare(two, params, ops), ops },
      params,
    );
    const kept = heads.map((head) => range(120).filter((t) => head.reads(0, t)));
    for (const h of [0, 1])
      expect(kept[h]).toEqual([
        ...chosen.filter((at) => Math.floor(at / 100) === h).map((at) => at % 100),
        ...after,
      ]);
    expect(kept[0]!.length).not.toBe(50);
  });

  it("divides one budget among the heads of all layers, unless each layer has its own", () => {
    const ops = referenceEngine();
    const { cache: two } = world(ops, { tokens: 120, kvHeads: 2, headDim: 8, observedEnd: 99 });
    const kept = (idle: KeyValueCache["idle"], layerwise: boolean): number => {
      const variant = variants.get("kvzip");
      const params = resolveParams("kvzip", variant.params, { budget: 50, chunk: 100, layerwise });
      const cache = idle === undefined ? two : { ...two, idle };
      const all = variant.prepare(cache, params, ops) as readonly Kept[];
      expect(all).toHaveLength(2);
      return all.reduce((sum, { rows }) => sum + rows.length, 0);
    };
    const room = 2 * 30;
    // heads that look for nothing give each key of a chunk the same weight, and keep their sinks alone
    const bored = (wanted: Int32Array): Queries => {
      const queries = two.repeated!(wanted);
      return { ...queries, scale: 0 };
    };
    expect(kept(undefined, false)).toBe(room);
    expect(kept({ count: 2, repeated: bored }, true)).toBe(room);
    expect(kept({ count: 2, repeated: bored }, false)).toBe(2 * room + room - 4 * 4);
    // heads that look as these do keep as much as they do
    expect(kept({ count: 1, repeated: two.repeated!.bind(two) }, false)).toBe(room);
  });

  it("leaves sinks to every head, and asks nobody who repeats without the question for it", () => {
    const { cache: own } = world(referenceEngine(), { tokens: 200, kvHeads: 3, observedEnd: 169 });
    const asked: number[] = [];
    const spy: KeyValueCache = {
      ...own,
      repeated(wanted) {
        asked.push(wanted[0]!, wanted.at(-1)!);
        return own.repeated!(wanted);
      },
    };
    const variant = variants.get("kvzip");
    const prepare = (budget: number, queryAware: boolean) => {
      const params = { budget, chunk: 100, queryAware };
      return variant.prepare(spy, resolveParams("kvzip", variant.params, params), referenceEngine());
    };
    for (const { rows, from } of prepare(33, false) as readonly Kept[]) {
      expect([...rows]).toEqual([0, 1, 2]);
      expect(from).toBe(170);
    }
    for (const { rows } of prepare(36, false) as readonly Kept[])
      expect([...rows.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
    expect(asked).toEqual([0, 99, 100, 169]);
    asked.length = 0;
    prepare(36, true);
    expect(asked).toEqual([0, 99, 100, 199]);
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
      return Math.exp(mean + variance / 2);
    });
    const total = scores.slice(4).reduce((a, b) => a + b, 0);
    const chosen = (epsilon: number): number[] =>
      best(
        scores.map((score, t) => (t < 4 ? Infinity : (score / total + epsilon) * Math.hypot(...values[t]!))),
        30,
      );
    expect(rows("expected", { budget: 50, observe: 50 })).toEqual([...chosen(0), ...after]);
    expect(rows("expected", { budget: 50, observe: 50, epsilon: 0.1 })).toEqual([...chosen(0.1), ...after]);
    expect(chosen(0.1)).not.toEqual(chosen(0));
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
    const needsQueries = !["cur", "keydiff", "knorm", "kvzip", "lagkv", "random"].includes(name);
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
