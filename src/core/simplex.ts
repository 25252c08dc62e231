/** A point and the value of a function at it. */
export interface Vertex {
  readonly at: readonly number[];
  readonly value: number;
}

export interface SimplexOptions {
  /** edge of the first simplex along each coordinate */
  readonly step: readonly number[];
  /** The search ends when the simplex is narrower than this share of its first edges. Default: 0.01. */
  readonly tolerance?: number;
  /** Most evaluations of the function. Default: 200 for each coordinate. */
  readonly evaluations?: number;
}

/**
 * Finds a local minimum of a continuous function near a start, without derivatives. A value of NaN counts as infinite.
 *
 * The method is the simplex of Nelder and Mead 1965, https://doi.org/10.1093/comjnl/7.4.308. Its coefficients depend on
 * the number of coordinates, as in Gao and Han 2012, https://doi.org/10.1007/s10589-010-9329-3.
 */
export function minimise(
  f: (at: readonly number[]) => number,
  start: readonly number[],
  { step, tolerance = 0.01, evaluations = 200 * start.length }: SimplexOptions,
): Vertex & { readonly evaluations: number } {
  const n = start.length;
  const [expand, contract, shrink] = [1 + 2 / n, 0.75 - 1 / (2 * n), 1 - 1 / Math.max(2, n)];
  let done = 0;
  const vertex = (at: readonly number[]): Vertex => {
    done++;
    const value = f(at);
    return { at, value: Number.isNaN(value) ? Infinity : value };
  };
  const simplex = [
    vertex(start),
    ...step.map((edge, i) => vertex(start.map((x, c) => x + (c === i ? edge : 0)))),
  ];
  for (;;) {
    simplex.sort((a, b) => a.value - b.value);
    const best = simplex[0]!;
    const width = Math.max(
      ...simplex.flatMap(({ at }) => at.map((x, c) => Math.abs(x - best.at[c]!) / Math.abs(step[c]!))),
    );
    if (width <= tolerance || done >= evaluations) return { ...best, evaluations: done };
    const worst = simplex[n]!;
    const centre = start.map((_, c) => simplex.slice(0, n).reduce((sum, { at }) => sum + at[c]!, 0) / n);
    /** The worst vertex mirrored at the centre, its distance from there multiplied by `far`. */
    const away = (far: number): Vertex => vertex(centre.map((x, c) => x + far * (x - worst.at[c]!)));
    const reflected = away(1);
    if (reflected.value < best.value) {
      const expanded = away(expand);
      simplex[n] = expanded.value < reflected.value ? expanded : reflected;
      continue;
    }
    if (reflected.value < simplex[n - 1]!.value) {
      simplex[n] = reflected;
      continue;
    }
    const contracted = away(reflected.value < worst.value ? contract : -contract);
    if (contracted.value < Math.min(reflected.value, worst.value)) {
      simplex[n] = contracted;
      continue;
    }
    for (let i = 1; i <= n; i++)
      simplex[i] = vertex(best.at.map((x, c) => x + shrink * (simplex[i]!.at[c]! - x)));
  }
}
