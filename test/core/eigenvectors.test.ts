import { describe, expect, it } from "vitest";
import { symmetricEigenvectors } from "../../src/core/eigenvectors.ts";
import { Random } from "../../src/core/random.ts";
import { dot } from "../../src/core/tensor.ts";

/** X^T X of normal rows: a matrix of rank `rows` at most. */
function products(rows: number, n: number): Float64Array {
  const random = new Random(`products ${rows} ${n}`);
  const x = Array.from({ length: rows }, () => Float64Array.from({ length: n }, () => random.normal()));
  return Float64Array.from({ length: n * n }, (_, at) =>
    x.reduce((sum, row) => sum + row[Math.floor(at / n)]! * row[at % n]!, 0),
  );
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Eigenvalues, ascending. */
const valuesOf = (matrix: Float64Array, n: number): Float64Array =>
  symmetricEigenvectors(matrix, n).values.toReversed();

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
    expect(worst(valuesOf(reflected(values), values.length), values)).toBeLessThan(1e-12 * size);
  });

  it("of a chain of springs are those of the textbook: 2 - 2 cos(k pi / (n + 1))", () => {
    const n = 30;
    const chain = Float64Array.from({ length: n * n }, (_, at) => {
      const gap = Math.abs(Math.floor(at / n) - (at % n));
      return gap === 0 ? 2 : gap === 1 ? -1 : 0;
    });
    const wanted = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    expect(worst(valuesOf(chain, n), wanted)).toBeLessThan(1e-13);
  });
});

describe("eigenvectors of symmetric matrices", () => {
  it.each([
    ["of full rank", products(200, 40), 40],
    ["of rank 3", products(3, 12), 12],
    ["diagonal", Float64Array.of(2, 0, 0, 0, 5, 0, 0, 0, 5), 3],
    ["negative", Float64Array.of(0, -1, -1, 0), 2],
    ["zeros", new Float64Array(9), 3],
    ["of one number", Float64Array.of(-4), 1],
  ])("%s", (_, matrix, n) => {
    const { values, vectors } = symmetricEigenvectors(matrix, n);
    const size = Math.max(1, ...matrix.map(Math.abs)) * n;
    const near = (got: number, wanted: number): void => {
      expect(Math.abs(got - wanted)).toBeLessThan(1e-14 * size);
    };
    expect(values).toEqual(values.toSorted().reverse());
    for (const i of range(n)) {
      for (const j of range(n)) {
        near(dot(vectors[i]!, vectors[j]!), i === j ? 1 : 0);
        near(dot(matrix.subarray(j * n, (j + 1) * n), vectors[i]!), values[i]! * vectors[i]![j]!);
      }
    }
  });

  it("end for a matrix that holds no numbers", () => {
    const { values } = symmetricEigenvectors(Float64Array.of(1, NaN, 2, NaN, Infinity, 3, 2, 3, 4), 3);
    expect(values).toHaveLength(3);
  });
});
