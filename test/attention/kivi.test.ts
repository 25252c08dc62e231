import { describe, expect, it } from "vitest";
import { attender } from "../../src/attention/attender.ts";
import { dense } from "../../src/attention/variants/dense/dense.ts";
import { kivi } from "../../src/attention/parts/kivi.ts";
import { parseShaping, parseSpec, placedCost } from "../../src/attention/spec.ts";
import { flat, rowNumbers } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { world } from "./fixtures.ts";
import { dot, range, softmax } from "./plain.ts";

const ops = referenceEngine();
const width = 40;

/** The nearest number of fp16, by looking at its neighbours: 11 significant bits. */
const f16 = (x: number): number => {
  const step = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 10);
  return Math.abs(x) < 2 ** -14 ? Math.round(x * 2 ** 24) / 2 ** 24 : Math.round(x / step) * step;
};

const quantised = (group: readonly number[]): number[] => {
  const least = f16(Math.min(...group));
  const step = f16((Math.max(...group) - Math.min(...group)) / 3);
  return group.map((x) => least + step * Math.min(3, Math.max(0, Math.round((x - least) / step))));
};

// arXiv 2402.02750, algorithm 1
describe.each([100, 128, 300])("with %i tokens", (tokens) => {
  const { cache, queries } = world(ops, { tokens, headDim: width, kvHeads: 1 });
  const { keys, values } = cache.heads[0]!;
  const exact = (of: typeof keys): number[][] => range(tokens).map((t) => [...rowNumbers(of.tensor, t)]);
  const K = exact(keys);
  const V = exact(values);
  for (let t = 0; t + 32 <= tokens - (tokens % 128); t += 32)
    for (const c of range(width))
      quantised(range(32).map((i) => K[t + i]![c]!)).forEach((x, i) => (K[t + i]![c] = x));
  for (const t of range(Math.max(0, tokens - 128)))
    V[t] = [...quantised(V[t]!.slice(0, 32)), ...quantised(V[t]!.slice(32))];

  it("stores keys by channel and values by token, the last ones as they are", () => {
    const before = [exact(keys), exact(values)];
    const stored = kivi(cache).heads[0]!;
    for (const t of range(tokens))
      for (const c of range(width)) {
        expect(rowNumbers(stored.keys.tensor, t)[c]).toBeCloseTo(K[t]![c]!, 6);
        expect(rowNumbers(stored.values.tensor, t)[c]).toBeCloseTo(V[t]![c]!, 6);
      }
    expect([exact(keys), exact(values)]).toEqual(before);
  });

  it("is what decoding reads, and the prompt does not", () => {
    const use = { variant: dense, params: {}, shaping: parseShaping("none") };
    const read = attender(use, { ...cache, afterPrefill: kivi }, ops);
    const q = range(width).map((c) => queries.heads[0]!.get(0, c));
    for (const [phase, k, v] of [
      ["decode", K, V],
      ["prefill", exact(keys), exact(values)],
    ] as const) {
      const weights = softmax(k.map((key) => queries.scale * dot(q, key)));
      const output = flat(read({ ...queries, phase }).heads[0]!.output);
      for (const c of range(width))
        expect(output[c]).toBeCloseTo(
          weights.reduce((sum, w, t) => sum + w * v[t]![c]!, 0),
          6,
        );
    }
  });
});

it("keeps 3 bits a number", () => {
  const shape = { tokens: 2 ** 20, queryHeads: 8, kvHeads: 8, headDim: 128, bytesPerElement: 0.375 };
  expect(parseSpec("dense+kivi2").kvDtype).toBe("kivi2");
  expect(placedCost(parseSpec("dense+kivi2"), shape).keptBytes).toBe((2 ** 20 * 2 * 8 * 128 * 3) / 8);
});
