/**
 * Eigenvalues of a symmetric matrix, ascending. Householder's reflections leave three diagonals; bisection finds the
 * eigenvalues between which the number of smaller ones (Sturm's count) changes.
 *
 * Golub and Van Loan 2013, Matrix Computations, 4th edition, algorithms 8.3.1 (reflections) and section 8.4.1 (bisection).
 *
 * @param matrix (n, n) row-major
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, beside } = tridiagonal(Float64Array.from(matrix), n);
  // Gershgorin's bounds
  const [before, after] = [
    [0, ...beside],
    [...beside, 0],
  ].map((each) => each.map(Math.abs));
  const radius = (i: number): number => before![i]! + after![i]!;
  const least = diagonal.reduce((low, x, i) => Math.min(low, x - radius(i)), Infinity);
  const most = diagonal.reduce((high, x, i) => Math.max(high, x + radius(i)), -Infinity);
  const finest = Number.EPSILON * Math.max(Math.abs(least), Math.abs(most));
  return Float64Array.from({ length: n }, (_, k) => {
    let [low, high] = [least, most];
    while (high - low > finest) {
      const middle = (low + high) / 2;
      if (middle === low || middle === high) break;
      if (countBelow(diagonal, beside, middle) > k) high = middle;
      else low = middle;
    }
    return (low + high) / 2;
  });
}

interface Tridiagonal {
  /** (n) */
  readonly diagonal: Float64Array;
  /** (n - 1) */
  readonly beside: Float64Array;
}

/** Reflects the matrix `a`, in place, to one of three diagonals with the same eigenvalues. */
function tridiagonal(a: Float64Array, n: number): Tridiagonal {
  const beside = new Float64Array(Math.max(0, n - 1));
  const [v, p] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k + 2 < n; k++) {
    let square = 0;
    for (let i = k + 1; i < n; i++) square += (v[i] = a[i * n + k]!) ** 2;
    const length = Math.sqrt(square);
    beside[k] = v[k + 1]! > 0 ? -length : length;
    v[k + 1]! -= beside[k]!;
    const half = square - beside[k]! * a[(k + 1) * n + k]!;
    if (half === 0) continue;
    let along = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += a[i * n + j]! * v[j]!;
      p[i] = sum / half;
      along += p[i]! * v[i]!;
    }
    for (let i = k + 1; i < n; i++) p[i]! -= (along / (2 * half)) * v[i]!;
    for (let i = k + 1; i < n; i++)
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= v[i]! * p[j]! + p[i]! * v[j]!;
  }
  if (n > 1) beside[n - 2] = a[(n - 1) * n + n - 2]!;
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), beside };
}

/** Eigenvalues of a matrix of three diagonals that are smaller than x. */
function countBelow(diagonal: Float64Array, beside: Float64Array, x: number): number {
  let count = 0;
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    const coupling = i === 0 ? 0 : beside[i - 1]! ** 2;
    pivot = diagonal[i]! - x - coupling / (pivot === 0 ? Number.MIN_VALUE : pivot);
    if (pivot < 0) count++;
  }
  return count;
}
