import { describe, expect, it } from "vitest";
import { attendTensors } from "../../src/attention/attend-tensors.ts";
import { variants } from "../../src/attention/registry.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { dense } from "../../src/attention/variants/dense/dense.ts";
import { cacheFromTensors } from "../../src/attention/tensors.ts";
import { UsageError } from "../../src/core/errors.ts";
import { flat, tensor, zeros } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { needsReader } from "./fixtures.ts";

const ops = referenceEngine();
const filled = (shape: number[], value: (i: number) => number): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => value(i)),
    shape,
  );

describe("cacheFromTensors", () => {
  const k = filled([2, 5, 3], (i) => Math.sin(i));
  const v = filled([2, 5, 3], (i) => Math.cos(i));
  const q = filled([4, 2, 3], (i) => Math.sin(3 * i));

  it("is softmax(q K^T / sqrt d) V with query i at N - Q + i and G query heads to a kv head", () => {
    const { cache, queries } = cacheFromTensors(ops, { k, v, q });
    expect([...queries.positions]).toEqual([3, 4]);
    const { heads } = dense.attend({ queries, cache, index: undefined, ops }, {});
    for (let head = 0; head < 4; head++)
      for (let i = 0; i < 2; i++) {
        const h = Math.floor(head / 2);
        const scores = Array.from({ length: 4 + i }, (_, t) =>
          [0, 1, 2].reduce((sum, c) => sum + q.get(head, i, c) * k.get(h, t, c), 0),
        );
        const exps = scores.map((s) => Math.exp(s / Math.sqrt(3)));
        const total = exps.reduce((a, b) => a + b, 0);
        for (let c = 0; c < 3; c++)
          expect(heads[h]!.output.get(2 * i + (head % 2), c)).toBeCloseTo(
            exps.reduce((sum, e, t) => sum + (e / total) * v.get(h, t, c), 0),
            6,
          );
      }
  });

  it("observes the last queries given", () => {
    const { cache, queries } = cacheFromTensors(ops, { k, v, q });
    const last = cache.observed(1, true);
    expect([...last.positions]).toEqual([4]);
    expect([...flat(last.heads[1]!)]).toEqual([...flat(queries.heads[1]!)].slice(6));
    expect(cache.observed(64, false).count).toBe(2);
  });

  it.each([
    [zeros(2, 5), v, q, "k must have three dimensions (heads, rows, d), none 0; got (2, 5)"],
    [k, zeros(2, 4, 3), q, "v must have 2 heads of 5 rows, as k has; got 2 of 4"],
    [k, v, zeros(4, 2, 7), "q must be 3 wide, as k is; got 7"],
    [k, v, zeros(3, 2, 3), "query heads must be a multiple of the 2 kv heads; got 3"],
    [k, v, zeros(4, 6, 3), "q must have at most 5 rows, as k has; got 6"],
    [k, v, zeros(4, 0, 3), "q must have three dimensions (heads, rows, d), none 0; got (4, 0, 3)"],
  ])("refuses shapes that do not fit", (keys, values, queries, message) => {
    expect(() => cacheFromTensors(ops, { k: keys, v: values, q: queries })).toThrow(UsageError);
    expect(() => cacheFromTensors(ops, { k: keys, v: values, q: queries })).toThrow(message);
  });
});

it.each(needsReader)("%s refuses tensors, which have no second reading", (name) => {
  const q = filled([2, 1, 4], (i) => i);
  const k = filled([1, 9, 4], (i) => i);
  const spec = parseSpec(`${name}(budget=4)`);
  const attend = (): unknown => attendTensors({ q, k, v: k, spec, ops, compare: false });
  expect(attend).toThrow(UsageError);
  expect(attend).toThrow(/second reading of the prompt, which tensors do not have/);
});

/** Variants that look at the values, so that other columns change what they read. */
const byValues = [
  "csa",
  "hca",
  "expected",
  "lagkv",
  "cur",
  "compactor",
  "deepseek-v4-flash",
  "deepseek-v4-pro",
];

it.each(variants.names().filter((name) => !byValues.includes(name) && !needsReader.includes(name)))(
  "%s has the same columns of output for some columns of the values",
  (name) => {
    const params = Object.entries(variants.get(name).small).map(([key, value]) => `${key}=${String(value)}`);
    const spec = parseSpec(params.length === 0 ? name : `${name}(${params.join(",")})`);
    const q = filled([4, 3, 16], (i) => Math.sin(i * i));
    const k = filled([2, 200, 16], (i) => 2 * Math.sin(1 + i * i));
    const wide = filled([2, 200, 16], (i) => Math.sin(2 + i * i));
    const narrow = filled([2, 200, 7], (i) => wide.get(Math.floor(i / 1400), Math.floor(i / 7) % 200, i % 7));
    const of = (v: Tensor): Float32Array => attendTensors({ q, k, v, spec, ops, compare: false }).output;
    const [whole, part] = [of(wide), of(narrow)];
    for (let row = 0; row < 12; row++)
      for (let c = 0; c < 7; c++) expect(part[row * 7 + c]).toBeCloseTo(whole[row * 16 + c]!, 5);
  },
);
