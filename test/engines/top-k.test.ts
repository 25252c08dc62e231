import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tensor } from "../../src/core/tensor.ts";
import { awkward, engines, normals, placed, poisoned, ragged, reference } from "./cases.ts";

describe.each(engines)("$name selects", (ops) => {
  it.each(awkward.rows)("the largest of %i scores", (n) => {
    for (const count of awkward.queries) {
      const scores = normals(1, count, n);
      const visible = ragged(count, n);
      const there = placed(poisoned(ops), scores);
      for (const k of [0, 1, 5, 64, n, n + 3])
        expect(ops.topK(there, k, visible)).toEqual(reference.topK(scores, k, visible));
    }
  });

  it("the lower row among equals", () => {
    const scores = tensor(Float32Array.of(1, 3, 2, 3, 0, 2, 3, 2), [1, 8]);
    const rows = (k: number): number[] => [...ops.topK(scores, k, Int32Array.of(8)).rows];
    expect(rows(1)).toEqual([1]);
    expect(rows(2)).toEqual([1, 3]);
    expect(rows(4)).toEqual([1, 2, 3, 6]);
    expect(rows(5)).toEqual([1, 2, 3, 5, 6]);
  });

  it("the lower row where zeros differ in sign", () => {
    const scores = tensor(Float32Array.of(-1, -0, 0, -0), [1, 4]);
    expect([...ops.topK(scores, 2, Int32Array.of(4)).rows]).toEqual([1, 2]);
  });

  it("among infinite scores", () => {
    const scores = tensor(Float32Array.of(-Infinity, 1, -Infinity, Infinity, -Infinity), [1, 5]);
    const rows = (k: number): number[] => [...ops.topK(scores, k, Int32Array.of(5)).rows];
    expect(rows(1)).toEqual([3]);
    expect(rows(3)).toEqual([0, 1, 3]);
    expect(rows(4)).toEqual([0, 1, 2, 3]);
  });

  it("whatever the scores are", () => {
    const few = fc.constantFrom(-Infinity, -3.5, -0, 0, 1e-40, 2, 2.0000002, 1e38);
    const lists = fc.array(fc.oneof(few, fc.float({ noNaN: true })), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(lists, fc.nat(80), (list, k) => {
        // TensorFlow takes subnormal numbers for zero
        const least = ops.name === "tfjs" ? 2 ** -126 : 0;
        const given = Float32Array.from(list, (score) => (Math.abs(score) < least ? 0 : score));
        const scores = tensor(given, [1, list.length]);
        const visible = Int32Array.of(list.length);
        expect(ops.topK(scores, k, visible)).toEqual(reference.topK(scores, k, visible));
      }),
    );
  });
});
