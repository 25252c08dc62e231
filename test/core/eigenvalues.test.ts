import { describe, expect, it } from "vitest";
import { symmetricEigenvalues } from "../../src/core/eigenvalues.ts";
import { Random } from "../../src/core/random.ts";

const worst = (got: Float64Array, wanted: readonly number[]): number =>
  got.reduce((most, x, i) => Math.max(most, Math.abs(x - wanted[i]!)), 0);

/** R diag(values) R for a reflection R: a dense matrix with these eigenvalues. */
function reflected(values: readonly number[]): Float64Array {
  const n = values.length;
  const random = new Random("reflection");
  const v = values.map(() => random.normal());
  const square = v.reduce((sum, x) => sum + x * x, 0);
  const r = (i: number, j: number): number => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / square;
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return values.reduce((sum, value, k) => sum + r(i, k) * value * r(k, j), 0);
  });
}

describe("eigenvalues of symmetric matrices", () => {
  it.each([
    ["distinct", Array.from({ length: 40 }, (_, i) => (i - 11) ** 3)],
    ["equal", [3, 3, 3, 3, 3, 7, 7]],
    ["of rank 1", [0, 0, 0, 0, 5]],
    ["zeros", [0, 0, 0]],
    ["of one number", [-4]],
  ])("%s", (_, values) => {
    const size = Math.max(1, ...values.map(Math.abs));
    expect(worst(symmetricEigenvalues(reflected(values), values.length), values)).toBeLessThan(1e-12 * size);
  });

  it("of a chain of springs are those of the textbook: 2 - 2 cos(k pi / (n + 1))", () => {
    const n = 30;
    const chain = Float64Array.from({ length: n * n }, (_, at) => {
      const gap = Math.abs(Math.floor(at / n) - (at % n));
      return gap === 0 ? 2 : gap === 1 ? -1 : 0;
    });
    const wanted = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    expect(worst(symmetricEigenvalues(chain, n), wanted)).toBeLessThan(1e-13);
  });
});
