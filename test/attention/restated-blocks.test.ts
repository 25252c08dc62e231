import { describe, expect, it } from "vitest";
import { countBelow } from "../../src/core/places.ts";
import { best, dot, mean, plain, range, softmax, unit } from "./plain.ts";

// Mechanisms of blocks and entries once more, in the plainest words, on one head and one query.

const closeTo = (got: ArrayLike<number>, expected: readonly number[]): void => {
  expect(got.length).toBe(expected.length);
  expected.forEach((x, i) => expect(got[i]).toBeCloseTo(x, 5));
};

describe.each([96, 101, 240])("with %i tokens", (tokens) => {
  const { q, keys, values, scale, cache, rows, run } = plain({ tokens });
  const z = keys.map((k) => scale * dot(q, k));
  const output = (name: string, params: object): number[] => {
    const { output } = run(name, { ...params }).heads[0]!;
    return range(8).map((c) => output.get(0, c));
  };
  const mix = (weights: readonly number[], of: readonly number[][]): number[] =>
    range(8).map((c) => weights.reduce((sum, w, i) => sum + w * of[i]![c]!, 0));

  // arXiv 2606.13392 and the model's configuration: max over a block's tokens, the own block always
  it("msa reads the blocks of best token and its own", () => {
    const own = Math.floor((tokens - 1) / 16);
    const scores = range(own).map((b) => Math.max(...unit(b, 16, tokens).map((t) => z[t]!)));
    // a sketch to as many numbers as there are keeps products
    const exact = { block: 16, indexDim: 8, indexNoise: 0 };
    for (const k of [1, 2, 4])
      expect(rows("msa", { ...exact, k })).toEqual(
        [...best(scores, k - 1), own].flatMap((b) => unit(b, 16, tokens)),
      );
  });

  // arXiv 2509.24663, section 3.2: max over the kernels that overlap a block
  it("infllm-v2 reads the blocks whose best kernel weighs most, and first and last ones", () => {
    const kernels = range(Math.floor((tokens - 8) / 4) + 1);
    const weights = softmax(kernels.map((e) => scale * dot(q, mean(range(8).map((i) => keys[4 * e + i]!)))));
    const own = Math.floor((tokens - 1) / 16);
    const scores = range(own + 1).map((b) =>
      Math.max(
        ...kernels.filter((e) => 4 * e + 8 > 16 * b && 4 * e < 16 * b + 16).map((e) => weights[e]!),
        0,
      ),
    );
    const free = range(own - 1).filter((b) => b > 0);
    const params = { kernel: 8, stride: 4, block: 16, initial: 1, window: 20, denseBelow: 50 };
    // one whole block in the window, which comes on top of `blocks`
    for (const blocks of range(own + 1).filter((n) => n >= 2)) {
      const chosen = best(
        free.map((b) => scores[b]!),
        blocks - 2,
      ).map((i) => free[i]!);
      expect(rows("infllm-v2", { ...params, blocks })).toEqual(
        [0, ...chosen, own - 1, own].flatMap((b) => unit(b, 16, tokens)),
      );
    }
    expect(rows("infllm-v2", { ...params, blocks: 3, denseBelow: tokens })).toEqual(range(tokens));
  });

  // ByteDance-Seed/ShadowKV, models/kv_cache.py, ShadowKVCache: prefill_kv_cache and get_retrieval_position_ids
  it("shadowkv reads the best chunks on top of outlier and local ones", () => {
    const before = Math.floor(tokens / 8) - 2;
    const chunks = range(before).map((c) => unit(c, 8, tokens).map((t) => keys[t]!));
    const cosine = (a: readonly number[], b: readonly number[]): number =>
      dot(a, b) / (Math.hypot(...a) * Math.hypot(...b));
    const least = chunks.map((of) => Math.min(...of.map((key) => cosine(key, mean(of)))));
    const outliers = best(
      least.map((x) => -x),
      3,
    );
    const scores = chunks.map((of, c) => (outliers.includes(c) ? -Infinity : dot(q, mean(of))));
    const local = range(tokens).filter((t) => t >= 8 * before);
    const read = (chosen: readonly number[]): number[] => [
      ...[...outliers, ...chosen].sort((a, b) => a - b).flatMap((c) => unit(c, 8, tokens)),
      ...local,
    ];
    const params = { chunk: 8, outliers: 3, local: 2 };
    expect(rows("shadowkv", { ...params, budget: 40 })).toEqual(read(best(scores, 5)));
    expect(rows("shadowkv", { ...params, budget: 8 })).toEqual(read(best(scores, 1)));
    // more than there are: every chunk once
    expect(rows("shadowkv", { ...params, budget: 800 })).toEqual(range(tokens));
    expect(run("shadowkv", { ...params, budget: 800 }).heads[0]!.tokensRead(0)).toBe(tokens);
  });

  // arXiv 2305.16300, section 3.1: the grouped softmax
  it("landmark shares a landmark's weight among its block", () => {
    const own = Math.floor((tokens - 1) / 16);
    const landmarks = range(own).map((b) => scale * dot(q, mean(unit(b, 16, tokens).map((t) => keys[t]!))));
    const chosen = best(landmarks, 3);
    const local = unit(own, 16, tokens);
    const gates = softmax([...local.map((t) => z[t]!), ...chosen.map((b) => landmarks[b]!)]);
    const weights = range(tokens).map(() => 0);
    local.forEach((t, i) => (weights[t] = gates[i]!));
    chosen.forEach((b, i) => {
      const block = unit(b, 16, tokens);
      const within = softmax(block.map((t) => z[t]!));
      block.forEach((t, j) => (weights[t] = gates[local.length + i]! * within[j]!));
    });
    closeTo(run("landmark", { block: 16, k: 3 }).heads[0]!.weights(0, range(tokens)), weights);
    closeTo(output("landmark", { block: 16, k: 3 }), mix(weights, values));
  });

  /** Tokens that entry e is made of: those of [from, to) at which something ends, or all. */
  const members = (from: number, to: number, gated: boolean): number[] => {
    const all = range(to).filter((t) => t >= from);
    const ends = all.filter((t) => gated && cache.spanEnds!.includes(t));
    return ends.length > 0 ? ends : all;
  };
  const entry = (of: readonly number[], from: readonly number[][]): number[] => {
    const pooled = mean(of.map((t) => from[t]!));
    const length = Math.sqrt(of.reduce((sum, t) => sum + dot(from[t]!, from[t]!), 0) / of.length);
    return pooled.map((x) => (x * length) / Math.hypot(...pooled));
  };

  // modular_deepseek_v4.py: gated pooling of the last pool and this one, a norm, one softmax with window and sink
  describe.each(["gated", "mean"])("pooled as %s", (pooling) => {
    const restated = (pool: number, before: number, window: number, sink: number): number[] => {
      const of = range(Math.floor(tokens / pool)).map((i) =>
        members(Math.max(0, (i - before) * pool), (i + 1) * pool, pooling === "gated"),
      );
      const recent = range(window).map((t) => tokens - window + t);
      const all = [...of.map((m) => entry(m, keys)), ...recent.map((t) => keys[t]!)];
      const weights = softmax([...all.map((k) => scale * dot(q, k)), sink]);
      return mix(weights.slice(0, -1), [
        ...of.map((m) => entry(m, values)),
        ...recent.map((t) => values[t]!),
      ]);
    };

    it("csa reads entries of two pools, a window and a sink", () => {
      const params = { pool: 4, window: 10, sink: 0.5, k: tokens, pooling, indexDim: 32 };
      closeTo(output("csa", params), restated(4, 1, 10, 0.5));
      closeTo(output("csa", { ...params, overlap: false }), restated(4, 0, 10, 0.5));
    });

    it("hca reads every entry of a pool, a window and a sink", () => {
      closeTo(output("hca", { pool: 16, window: 7, sink: -1, pooling }), restated(16, 0, 7, -1));
    });

    it("an entry's weight is its members'", () => {
      const total = run("csa", { pool: 4, window: 1, sink: -1000, k: tokens, pooling, indexDim: 32 })
        .heads[0]!.weights(0, range(tokens))
        .reduce((a, b) => a + b, 0);
      expect(total).toBeCloseTo(1, 5);
    });
  });
});

it("gates choose span ends alone where there are any", () => {
  const { cache, run } = plain({ tokens: 64 });
  const weights = run("hca", { pool: 16, window: 1, sink: -1000 }).heads[0]!.weights(0, range(64));
  for (const t of range(63)) {
    const isEnd = countBelow(cache.spanEnds!, t + 1) > countBelow(cache.spanEnds!, t);
    expect(weights[t]! > 0).toBe(isEnd);
  }
});
