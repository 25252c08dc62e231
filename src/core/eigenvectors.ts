/** Sweeps after which the largest matrices have long converged: convergence is quadratic. */
const mostSweeps = 64;

/** Eigenvectors of a symmetric matrix. */
export interface Eigenvectors {
  /** (n) eigenvalues, descending */
  readonly values: Float64Array;
  /** (n) their vectors, each (n) and of length 1 */
  readonly vectors: readonly Float64Array[];
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations: each makes one number beside the diagonal
 * 0, row by row, until none is left that changes the diagonal.
 *
 * Golub and Van Loan 2013, Matrix Computations, 4th edition, algorithms 8.5.1 and 8.5.3 (cyclic by row).
 *
 * @param matrix (n, n) row-major
 */
export function symmetricEigenvectors(matrix: Float64Array, n: number): Eigenvectors {
  const a = Float64Array.from(matrix);
  // row i becomes the i-th eigenvector
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  for (let sweep = 0, turned = true; turned && sweep < mostSweeps; sweep++) {
    turned = false;
    for (let p = 0; p + 1 < n; p++)
      for (let q = p + 1; q < n; q++) {
        const beside = a[p * n + q]!;
        const [first, second] = [a[p * n + p]!, a[q * n + q]!];
        // adding it twice changes neither: the rotation would be one by nothing
        if (first + beside === first && second + beside === second) continue;
        turned = true;
        const tau = (second - first) / (2 * beside);
        const tangent = Math.sign(tau || 1) / (Math.abs(tau) + Math.hypot(1, tau));
        const cosine = 1 / Math.hypot(1, tangent);
        const turn: PlaneRotation = { p, q, cosine, sine: tangent * cosine };
        turnColumns(a, n, turn);
        turnRows(a, n, turn);
        turnRows(rows, n, turn);
      }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]! || i - j);
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]!),
    vectors: order.map((i) => rows.slice(i * n, (i + 1) * n)),
  };
}

/** A rotation in the plane of p and q. */
interface PlaneRotation {
  readonly p: number;
  readonly q: number;
  readonly cosine: number;
  readonly sine: number;
}

/** Turns rows p and q of (n, n), in place. */
function turnRows(a: Float64Array, n: number, { p, q, cosine, sine }: PlaneRotation): void {
  for (let c = 0, i = p * n, j = q * n; c < n; c++, i++, j++) {
    const [x, y] = [a[i]!, a[j]!];
    a[i] = cosine * x - sine * y;
    a[j] = sine * x + cosine * y;
  }
}

/** Turns columns p and q of (n, n), in place. */
function turnColumns(a: Float64Array, n: number, { p, q, cosine, sine }: PlaneRotation): void {
  for (let r = 0, i = p, j = q; r < n; r++, i += n, j += n) {
    const [x, y] = [a[i]!, a[j]!];
    a[i] = cosine * x - sine * y;
    a[j] = sine * x + cosine * y;
  }
}
