/** Eigenvectors of a symmetric matrix. */
export interface Eigenvectors {
  /** (n) eigenvalues, descending */
  readonly values: Float64Array;
  /** (n) their vectors, each (n) and of length 1 */
  readonly vectors: readonly Float64Array[];
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix. Householder's reflections leave three diagonals, and implicit QL
 * steps with shifts leave one.
 *
 * Golub and Van Loan 2013, Matrix Computations, 4th edition, algorithms 8.3.1 (reflections) and 8.3.2 (a step, there of
 * QR).
 *
 * @param matrix (n, n) row-major
 */
export function symmetricEigenvectors(matrix: Float64Array, n: number): Eigenvectors {
  const reduced = tridiagonal(Float64Array.from(matrix), n);
  diagonalise(reduced, n);
  const { diagonal, rows } = reduced;
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => diagonal[j]! - diagonal[i]! || i - j);
  return {
    values: Float64Array.from(order, (i) => diagonal[i]!),
    vectors: order.map((i) => rows.slice(i * n, (i + 1) * n)),
  };
}

/** A symmetric matrix of three diagonals, and the rotation to it. */
interface Tridiagonal {
  /** (n) */
  readonly diagonal: Float64Array;
  /** (n) the diagonal beside it, whose last number is 0 */
  readonly beside: Float64Array;
  /** (n, n) row i becomes the i-th eigenvector of the matrix that was reduced */
  readonly rows: Float64Array;
}

/** Reflects the matrix `a`, in place, to one of three diagonals with the same eigenvalues. */
function tridiagonal(a: Float64Array, n: number): Tridiagonal {
  const beside = new Float64Array(n);
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
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
    p.fill(0);
    for (let i = k + 1; i < n; i++) for (let c = 0; c < n; c++) p[c]! += (v[i]! * rows[i * n + c]!) / half;
    for (let i = k + 1; i < n; i++) for (let c = 0; c < n; c++) rows[i * n + c]! -= v[i]! * p[c]!;
  }
  if (n > 1) beside[n - 2] = a[(n - 1) * n + n - 2]!;
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), beside, rows };
}

/** Makes the diagonal the eigenvalues, in place. */
function diagonalise(reduced: Tridiagonal, n: number): void {
  for (let first = 0; first < n; first++)
    for (let last = endOfBlock(reduced, first, n); last > first; last = endOfBlock(reduced, first, n))
      stepOfBlock(reduced, { first, last }, n);
}

/** Last row of the block of a row: beside it is nothing that changes the diagonal. */
function endOfBlock({ diagonal, beside }: Tridiagonal, first: number, n: number): number {
  let last = first;
  for (; last + 1 < n; last++) {
    const size = Math.abs(diagonal[last]!) + Math.abs(diagonal[last + 1]!);
    // numbers that are none end a block too
    if (!(Math.abs(beside[last]!) + size > size)) break;
  }
  return last;
}

/** One implicit QL step of a block, from its last row to its first one, with Wilkinson's shift. */
function stepOfBlock(
  { diagonal, beside, rows }: Tridiagonal,
  { first, last }: { readonly first: number; readonly last: number },
  n: number,
): void {
  const slope = (diagonal[first + 1]! - diagonal[first]!) / (2 * beside[first]!);
  const root = Math.hypot(slope, 1);
  const shifted = diagonal[first]! - beside[first]! / (slope + (slope < 0 ? -root : root));
  let [bulge, sine, cosine, taken] = [diagonal[last]! - shifted, 1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const [across, along] = [sine * beside[i]!, cosine * beside[i]!];
    const length = Math.hypot(across, bulge);
    beside[i + 1] = length;
    if (length === 0) {
      // the block falls into two
      diagonal[i + 1]! -= taken;
      beside[last] = 0;
      return;
    }
    [sine, cosine] = [across / length, bulge / length];
    const left = diagonal[i + 1]! - taken;
    const turned = (diagonal[i]! - left) * sine + 2 * cosine * along;
    taken = sine * turned;
    diagonal[i + 1] = left + taken;
    bulge = cosine * turned - along;
    for (let c = 0; c < n; c++) {
      const [upper, lower] = [rows[i * n + c]!, rows[(i + 1) * n + c]!];
      rows[(i + 1) * n + c] = sine * upper + cosine * lower;
      rows[i * n + c] = cosine * upper - sine * lower;
    }
  }
  diagonal[first]! -= taken;
  beside[first] = bulge;
  beside[last] = 0;
}
