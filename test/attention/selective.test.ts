import { afterAll, describe, expect, it } from "vitest";
import { attendTensors } from "../../src/attention/attend-tensors.ts";
import { attender } from "../../src/attention/attender.ts";
import { dense } from "../../src/attention/variants/dense/dense.ts";
import { selective } from "../../src/attention/variants/eviction/selective.ts";
import { parseShaping, parseSpec } from "../../src/attention/spec.ts";
import type { HeadResult } from "../../src/attention/read.ts";
import type { AnyParams } from "../../src/core/params.ts";
import { resolveParams } from "../../src/core/params.ts";
import { hash64 } from "../../src/core/random.ts";
import { dot, flat, rowNumbers, zeros } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { clearWorlds, world } from "./fixtures.ts";

const ops = referenceEngine();
afterAll(() => ops.close());

const tokens = 60;
const shape = { tokens, observedEnd: tokens - 2 };

function result(params: AnyParams, headDim = 16): HeadResult[] {
  clearWorlds(ops);
  const { cache, queries } = world(ops, { ...shape, headDim });
  const use = { variant: selective, params: resolveParams("selective", selective.params, params) };
  return [...attender({ ...use, shaping: parseShaping("none") }, cache, ops)(queries).heads];
}

/** F of the last query as the source's figure 3 has it: the first head's logits, ReLU, no first token, none of its own. */
function maskOfSource(): number[] {
  clearWorlds(ops);
  const { cache } = world(ops, shape);
  const asked = cache.observed(tokens - 1, false, "even");
  const off = Array.from({ length: tokens }, () => 0);
  for (let l = 0; l < tokens - 1; l++)
    for (let j = 1; j < l; j++)
      off[j]! += Math.max(
        0,
        asked.scale * dot(rowNumbers(asked.heads[0]!, l), rowNumbers(cache.heads[0]!.keys.tensor, j)),
      );
  return off;
}

/** softmax(z - F) of the last query in head h. */
function weightsOfSource(h: number): number[] {
  const off = maskOfSource();
  const { cache, queries } = world(ops, shape);
  const q = rowNumbers(queries.heads[h]!, 0);
  const exps = off.map((f, t) =>
    Math.exp(queries.scale * dot(q, rowNumbers(cache.heads[h]!.keys.tensor, t)) - f),
  );
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / sum);
}

const all = Array.from({ length: tokens }, (_, t) => t);

describe("selective attention", () => {
  it("is the source's where every query of the context is observed", () => {
    const heads = result({ offset: 0, observe: tokens });
    for (const h of [0, 1]) {
      const expected = weightsOfSource(h);
      for (const [t, weight] of heads[h]!.weights(0, all).entries())
        expect(weight).toBeCloseTo(expected[t]!, 6);
    }
  });

  it("leaves a window and the first token where nothing was trained", () => {
    const weights = result({ offset: 0, observe: tokens })[0]!.weights(0, all);
    const sum = (from: number, to: number): number => weights.slice(from, to).reduce((a, b) => a + b, 0);
    expect(sum(1, tokens - 12)).toBeLessThan(0.01);
    expect(sum(0, 1) + sum(tokens - 12, tokens)).toBeGreaterThan(0.99);
  });

  it("is dense attention at the default, since the context asks nothing", () => {
    // half of a match's logit is 5.7 standard deviations of a random key's
    const headDim = 128;
    const got = result({}, headDim)[1]!.weights(0, all);
    clearWorlds(ops);
    const { cache, queries } = world(ops, { ...shape, headDim });
    const use = { variant: dense, params: {}, shaping: parseShaping("none") };
    expect(got).toEqual(attender(use, cache, ops)(queries).heads[1]!.weights(0, all));
  });

  it("drops what is masked most", () => {
    const budget = 20;
    const [head] = result({ offset: 0, observe: tokens, budget });
    const kept = all.filter((t) => head!.reads(0, t));
    const off = maskOfSource();
    expect(kept).toHaveLength(budget);
    const dropped = all.filter((t) => !kept.includes(t));
    const before = kept.filter((t) => t < tokens - 2);
    expect(Math.max(...before.map((t) => off[t]!))).toBeLessThanOrEqual(
      Math.min(...dropped.map((t) => off[t]!)) + 1e-5,
    );
  });
});

describe("a whole prompt", () => {
  const [length, width] = [90, 16];
  const normal = (name: string, heads: number): Tensor => {
    const rows = zeros(heads * length, width);
    ops.fillNormal(rows, hash64(name));
    const out = zeros(heads, length, width);
    flat(out).set(flat(rows));
    return out;
  };
  const [q, k, v] = [normal("selective q", 2), normal("selective k", 1), normal("selective v", 1)];
  const row = (from: Tensor, h: number, i: number): number[] =>
    Array.from({ length: width }, (_, c) => from.get(h, i, c));
  const logit = (h: number, i: number, t: number): number =>
    dot(row(q, h, i), row(k, 0, t)) / Math.sqrt(width);

  /** F_it of the source: S = ReLU of head 0 without column 0, diagonal and what is not seen; rows before i are added. */
  const off = (i: number, t: number): number => {
    let sum = 0;
    for (let l = t + 1; l < i; l++) if (t > 0) sum += Math.max(0, logit(0, l, t));
    return sum;
  };
  const run = (text: string, queries: Tensor): Float32Array =>
    attendTensors({ q: queries, k, v, spec: parseSpec(text), ops, compare: false }).output;

  it("subtracts what the rows before each query mask", () => {
    const got = run(`selective(offset=0,observe=${length})`, q);
    for (const h of [0, 1])
      for (let i = 0; i < length; i++) {
        const exps = Array.from({ length: i + 1 }, (_, t) => Math.exp(logit(h, i, t) - off(i, t)));
        const total = exps.reduce((a, b) => a + b, 0);
        for (let c = 0; c < width; c++)
          expect(got[(h * length + i) * width + c]).toBeCloseTo(
            exps.reduce((sum, e, t) => sum + (e / total) * v.get(0, t, c), 0),
            5,
          );
      }
  });

  it.each(["selective(offset=0,observe=90)", "selective(offset=0,observe=7,budget=20)"])(
    "of %s does not depend on later queries",
    (text) => {
      const altered = normal("selective q", 2);
      for (const h of [0, 1])
        for (let i = 50; i < length; i++)
          for (let c = 0; c < width; c++) altered.set(h, i, c, 3 * Math.sin(i + c));
      const [got, changed] = [run(text, q), run(text, altered)];
      for (const h of [0, 1]) {
        const rows = (from: Float32Array, a: number, b: number): number[] => [
          ...from.subarray((h * length + a) * width, (h * length + b) * width),
        ];
        expect(rows(got, 0, 50)).toEqual(rows(changed, 0, 50));
        expect(rows(got, 50, length)).not.toEqual(rows(changed, 50, length));
      }
    },
  );

  it("keeps the budget of least F before each query", () => {
    const budget = 20;
    const spec = parseSpec(`selective(offset=0,observe=${length},budget=${budget})`);
    const { output } = attendTensors({ q, k, v, spec, ops, compare: false });
    for (const i of [10, 40, length - 1]) {
      const before = Array.from({ length: i }, (_, t) => t).sort((a, b) => off(i, a) - off(i, b) || a - b);
      const kept = [...before.slice(0, budget - 1), i];
      const exps = kept.map((t) => Math.exp(logit(1, i, t) - off(i, t)));
      const total = exps.reduce((a, b) => a + b, 0);
      for (let c = 0; c < width; c++)
        expect(output[(length + i) * width + c]).toBeCloseTo(
          exps.reduce((sum, e, at) => sum + (e / total) * v.get(0, kept[at]!, c), 0),
          4,
        );
    }
  });
});
