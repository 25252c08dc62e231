import { describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import type { AnyVariant } from "../../src/attention/variant.ts";
import type { HeadResult } from "../../src/attention/read.ts";
import { resolveParams } from "../../src/core/params.ts";
import type { AnyParams } from "../../src/core/params.ts";
import { flat, zeros } from "../../src/core/tensor.ts";
import { hash64 } from "../../src/core/random.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { plain, range } from "./plain.ts";

const d = 8;
const unit = (x: readonly number[]): number[] => x.map((value) => value / Math.hypot(...x));

/** The recurrence as it is written: the state after all tokens, and its product with the query. */
function naive(
  { keys, values, q }: { keys: number[][]; values: number[][]; q: number[] },
  { decay, strength, replaces }: { decay: number[]; strength: number; replaces: boolean },
): number[] {
  const state = range(d).map(() => range(d).map(() => 0));
  for (const [t, key] of keys.entries()) {
    const k = unit(key);
    for (const c of range(d)) for (const e of range(d)) state[c]![e]! *= decay[c]!;
    const held = range(d).map((e) => k.reduce((sum, x, c) => sum + x * state[c]![e]!, 0));
    for (const c of range(d))
      for (const e of range(d))
        state[c]![e]! += strength * k[c]! * (values[t]![e]! - (replaces ? held[e]! : 0));
  }
  const query = unit(q);
  return range(d).map((e) => query.reduce((sum, x, c) => sum + x * state[c]![e]!, 0));
}

const closeTo = (got: ArrayLike<number>, expected: readonly number[], tolerance = 1e-6): void => {
  for (const [c, x] of expected.entries()) expect(Math.abs(got[c]! - x)).toBeLessThan(tolerance);
};

describe.each([1, 7, 300, 5000])("with %i tokens", (tokens) => {
  const world = plain({ tokens });
  const output = (name: string, params: AnyParams): ArrayLike<number> =>
    flat(world.run(name, params).heads[0]!.output);
  const steady = range(d).map(() => 1);

  it("linear attention is its recurrence, decaying or not", () => {
    closeTo(output("linear", {}), naive(world, { decay: steady, strength: 1, replaces: false }));
    const factor = Math.exp(-(2 ** -8) * 0.5);
    closeTo(
      output("linear", { decay: "slopes" }),
      naive(world, { decay: range(d).map(() => factor), strength: 1, replaces: false }),
    );
  });

  it("Mamba-2 is its recurrence; one head has the middle half-life", () => {
    closeTo(
      output("mamba-2", { shortest: 20, longest: 80 }),
      naive(world, { decay: range(d).map(() => 2 ** (-1 / 40)), strength: 1, replaces: false }),
    );
  });

  it("linear attention without slopes, and in a last layer, are the same", () => {
    expect(output("linear", { decay: "slopes", depth: 1 })).toEqual(output("linear", {}));
  });

  it("gated DeltaNet is its recurrence, where the state has forgotten too", () => {
    for (const [strength, halfLife] of [
      [1, 1e12],
      [0.3, 100],
    ] as const)
      closeTo(
        output("gated-deltanet", { strength, halfLife }),
        naive(world, { decay: range(d).map(() => 2 ** (-1 / halfLife)), strength, replaces: true }),
      );
  });

  it("KDA is its recurrence, and gated DeltaNet where its channels are alike", () => {
    const lives = range(d).map((c) => 20 * 50 ** (c / 7));
    closeTo(
      output("kda", { shortest: 20, longest: 1000, strength: 0.5 }),
      naive(world, { decay: lives.map((life) => 2 ** (-1 / life)), strength: 0.5, replaces: true }),
    );
    closeTo(output("kda", { shortest: 70, longest: 70 }), [
      ...Array.from(output("gated-deltanet", { halfLife: 70 })),
    ]);
  });

  it("log-linear attention weighs the parts of a Fenwick partition", () => {
    const { keys, values, q } = world;
    const query = unit(q);
    // parts of the tokens before the last: binary digits, the lowest last
    const parts: number[] = range(tokens - 1);
    let stop = tokens - 1;
    for (const level of range(14))
      if ((stop >> level) & 1) {
        for (let t = stop - 2 ** level; t < stop; t++) parts[t] = level;
        stop -= 2 ** level;
      }
    const weights = keys.map((key, t) => {
      const product = unit(key).reduce((sum, x, c) => sum + x * query[c]!, 0);
      return t === tokens - 1 ? product : product * 2 ** (-0.5 * parts[t]!);
    });
    closeTo(
      output("log-linear", {}),
      range(d).map((e) => weights.reduce((sum, w, t) => sum + w * values[t]![e]!, 0)),
    );
  });

  it("infini-attention mixes its segment with what is before it", () => {
    const { keys, values, q, scale } = world;
    const start = Math.floor((tokens - 1) / 64) * 64;
    const own = keys.slice(start).map((k) => Math.exp(scale * k.reduce((sum, x, c) => sum + x * q[c]!, 0)));
    const elu = (x: number): number => (x > 0 ? x + 1 : Math.exp(x));
    const memory = keys.slice(0, start).map((k) => k.reduce((sum, x, c) => sum + elu(x) * elu(q[c]!), 0));
    const mixed = (weights: number[], from: number, e: number): number =>
      weights.reduce((sum, w, t) => sum + w * values[from + t]![e]!, 0) / weights.reduce((a, b) => a + b, 0);
    closeTo(
      output("infini", { segment: 64, gate: 0.3 }),
      range(d).map((e) =>
        start === 0 ? mixed(own, 0, e) : 0.3 * mixed(memory, 0, e) + 0.7 * mixed(own, start, e),
      ),
    );
  });
});

describe("what a state holds", () => {
  const ops = referenceEngine();
  const width = 64;
  /** The value that a query for pair `asked` reads of `pairs` pairs of random keys and one-hot values, the first first. */
  const recall = (variant: AnyVariant, keys: number[][], asked: number): HeadResult => {
    const [k, v] = [zeros(keys.length, width), zeros(keys.length, width)];
    keys.forEach((key, t) => flat(k).set(key, t * width));
    const row = Float64Array.from(keys[asked]!);
    const q = zeros(1, width);
    flat(q).set(row);
    const table = { kind: "kv", rowBytes: 1 } as const;
    const params = resolveParams(
      variant.name,
      variant.params,
      variant.name === "gated-deltanet" ? { halfLife: 1e12 } : {},
    );
    const cache = {
      tokens: keys.length,
      headDim: width,
      bytesPerElement: 2,
      seed: "recall",
      contextEnd: keys.length - 1,
      heads: [{ space: ops.space("recall"), keys: { tensor: k, ...table }, values: { tensor: v, ...table } }],
      observed: () => {
        throw new Error("nobody observes");
      },
    };
    const queries = {
      heads: [q],
      count: 1,
      group: 1,
      positions: Int32Array.of(keys.length - 1),
      scale: 1,
      phase: "decode" as const,
    };
    return variant.attend({ queries, cache, index: variant.prepare(cache, params, ops), ops }, params)
      .heads[0]!;
  };
  const orthogonal = range(width).map((i) => range(width).map((c) => (c === i ? 1 : 0)));
  const random = (count: number): number[][] => {
    const rows = zeros(count, width);
    ops.fillNormal(rows, hash64("recall"));
    return range(count).map((i) => unit([...flat(rows).subarray(i * width, (i + 1) * width)]));
  };
  const delta = variants.get("gated-deltanet");
  const linear = variants.get("linear");

  it("is d orthogonal pairs exactly, with and without the delta rule", () => {
    for (const variant of [delta, linear])
      for (const asked of [0, 31, 63]) {
        const weights = recall(variant, orthogonal, asked).weights(0, range(64));
        weights.forEach((weight, t) => expect(Math.abs(weight - (t === asked ? 1 : 0))).toBeLessThan(1e-9));
      }
  });

  it("is overwritten by the pairs after, and by a second round of the same keys altogether", () => {
    const first = recall(delta, [...orthogonal, ...orthogonal], 3).weights(0, [3, 67]);
    expect(first[0]).toBeCloseTo(0, 9);
    expect(first[1]).toBeCloseTo(1, 9);
    // each random write takes 1/d of what is left, in the mean
    const keys = random(64 * 5);
    const strengths = range(20).map((i) => recall(delta, keys, 16 * i).weights(0, [16 * i])[0]!);
    expect(strengths[0]).toBeLessThan(0.1);
    expect(strengths[19]).toBeGreaterThan(0.7);
  });

  it("has a noise of sqrt(M / d) for linear attention", () => {
    for (const pairs of [16, 64, 256, 1024]) {
      const keys = random(pairs);
      const noise = range(12).map((asked) => {
        const weights = recall(linear, keys, asked).weights(0, range(pairs));
        expect(weights[asked]).toBeCloseTo(1, 6);
        return weights.reduce((sum, w, t) => (t === asked ? sum : sum + w * w), 0);
      });
      const rms = Math.sqrt(noise.reduce((a, b) => a + b, 0) / noise.length);
      expect(rms / Math.sqrt((pairs - 1) / width)).toBeGreaterThan(0.85);
      expect(rms / Math.sqrt((pairs - 1) / width)).toBeLessThan(1.15);
    }
  });
});

it("a state is Hkv dk dv b bytes, whatever the length; that of log-linear attention grows with its logarithm", () => {
  const shape = (tokens: number): Parameters<AnyVariant["cost"]>[0] => ({
    tokens,
    queryHeads: 32,
    kvHeads: 8,
    headDim: 128,
    bytesPerElement: 2,
  });
  const state = (name: string, tokens: number): number => {
    const variant = variants.get(name);
    return variant.cost(shape(tokens), resolveParams(name, variant.params)).stateBytes!;
  };
  for (const name of ["linear", "gated-deltanet", "kda"])
    for (const tokens of [1, 2 ** 20]) expect(state(name, tokens)).toBe(8 * 128 * 128 * 2);
  expect(state("infini", 2 ** 20)).toBe(8 * 128 * 129 * 2);
  expect(state("log-linear", 2 ** 20)).toBe(21 * 8 * 128 * 128 * 2);
});
