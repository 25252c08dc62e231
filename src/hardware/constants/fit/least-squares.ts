/** A number > 0 that is fitted. */
export interface Unknown {
  readonly start: number;
  readonly min: number;
  readonly max: number;
}

/** Weight of the start, per row. It is small, so that it decides only numbers that the rows leave open. */
export const weakPrior = 1e-3;
/** Size beyond which a residual counts linearly, not by its square: Charbonnier's loss. */
const robust = 0.1;
const iterations = 60;

/**
 * Finds positive numbers that make `residuals` (logarithms of predicted over measured) small, by Levenberg-Marquardt in the
 * logarithms of the numbers, reweighted for the robust loss: the sum of d^2 (sqrt(1 + (r/d)^2) - 1).
 *
 * Levenberg 1944; Marquardt 1963; Charbonnier et al. 1997, https://doi.org/10.1109/83.551699.
 */
export function leastSquares(
  unknowns: readonly Unknown[],
  residuals: (values: readonly number[]) => number[],
  prior = weakPrior,
): number[] {
  const low = unknowns.map(({ min }) => Math.log(min));
  const high = unknowns.map(({ max }) => Math.log(max));
  const origin = unknowns.map(({ start }) => Math.log(start));
  const at = (point: readonly number[]): number[] => residuals(point.map(Math.exp));
  const loss = (point: readonly number[], r: readonly number[]): number =>
    r.reduce((sum, each) => sum + robust ** 2 * (Math.hypot(1, each / robust) - 1), 0) +
    point.reduce((sum, x, i) => sum + (0.5 * prior * r.length * (x - origin[i]!) ** 2) / unknowns.length, 0);

  let point = origin;
  let r = at(point);
  let best = loss(point, r);
  let damping = 1e-2;
  for (let iteration = 0; iteration < iterations && damping < 1e8; iteration++) {
    const jacobian = point.map((x, i) => {
      const step = x + 1e-4 > high[i]! ? -1e-4 : 1e-4;
      const moved = at(point.with(i, x + step));
      return moved.map((each, row) => (each - r[row]!) / step);
    });
    const weights = r.map((each) => 1 / Math.hypot(1, each / robust));
    const pull = (prior * r.length) / unknowns.length;
    const gradient = jacobian.map((column, i) => dot3(column, weights, r) + pull * (point[i]! - origin[i]!));
    const curvature = jacobian.map((column, i) =>
      jacobian.map((other, j) => dot3(column, weights, other) + (i === j ? pull : 0)),
    );
    let improved = false;
    while (!improved && damping < 1e8) {
      const damped = curvature.map((line, i) => line.with(i, line[i]! * (1 + damping) + 1e-12));
      const step = solve(damped, gradient);
      const next = point.map((x, i) => Math.min(high[i]!, Math.max(low[i]!, x - step[i]!)));
      const nextR = at(next);
      const nextLoss = loss(next, nextR);
      improved = nextLoss < best;
      if (improved) {
        const gain = (best - nextLoss) / best;
        [point, r, best] = [next, nextR, nextLoss];
        damping = Math.max(damping / 5, 1e-9);
        if (gain < 1e-7) return point.map(Math.exp);
      } else damping *= 4;
    }
  }
  return point.map(Math.exp);
}

function dot3(a: readonly number[], b: readonly number[], c: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]! * c[i]!;
  return sum;
}

/** Solves A x = b for a symmetric positive A by Gaussian elimination with the largest pivot. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const rows = matrix.map((line, i) => [...line, right[i]!]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++)
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const lead = rows[column]!;
    for (let i = column + 1; i < n; i++) {
      const factor = rows[i]![column]! / lead[column]!;
      for (let j = column; j <= n; j++) rows[i]![j]! -= factor * lead[j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = rows[i]![n]!;
    for (let j = i + 1; j < n; j++) sum -= rows[i]![j]! * x[j]!;
    x[i] = sum / rows[i]![i]!;
  }
  return x;
}
