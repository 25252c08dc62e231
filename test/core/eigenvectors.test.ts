import { describe, expect, it } from "vitest";
import { symmetricEigenvalues } from "../../src/core/eigenvalues.ts";
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
    const ascending = symmetricEigenvalues(matrix, n);
    for (const i of range(n)) {
      near(values[i]!, ascending[n - 1 - i]!);
      for (const j of range(n)) {
        near(dot(vectors[i]!, vectors[j]!), i === j ? 1 : 0);
        near(dot(matrix.subarray(j * n, (j + 1) * n), vectors[i]!), values[i]! * vectors[i]![j]!);
      }
    }
  });
});
