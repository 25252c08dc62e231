import type { Random } from "../../core/random.ts";

/** Added to the diagonal before it is decomposed, as in kvpress. */
const jitter = 1e-2;

/** The same as a share of the trace, where rounding would leave less. */
const relativeJitter = 1e-10;

/**
 * Approximate leverage scores of rows [from, to): x (X^T X)^-1 x^T, where X are the rows less their mean, projected to
 * `width` normal directions.
 *
 * Chari and Van Durme 2025, arXiv 2507.08143; code NVIDIA/kvpress (leverage_press.py).
 */
export function leverage(
  rowOf: (t: number) => Float32Array | Float64Array,
  { from, to }: { readonly from: number; readonly to: number },
  { width, random }: { readonly width: number; readonly random: Random },
): Float64Array {
  const d = rowOf(from).length;
  const directions = Float64Array.from({ length: d * width }, () => random.normal() / Math.sqrt(width));
  const mean = new Float64Array(d);
  for (let t = from; t < to; t++)
    rowOf(t).forEach((x, c) => {
      mean[c]! += x / (to - from);
    });
  const projected = new Float64Array((to - from) * width);
  for (let t = from, at = 0; t < to; t++, at += width)
    rowOf(t).forEach((x, c) => {
      for (let k = 0; k < width; k++) projected[at + k]! += (x - mean[c]!) * directions[c * width + k]!;
    });
  const lower = cholesky(gram(projected, width), width);
  return Float64Array.from({ length: to - from }, (_, i) =>
    squaredSolution(lower, projected.subarray(i * width, (i + 1) * width)),
  );
}

/** (width, width) X^T X, with the jitter. */
function gram(rows: Float64Array, width: number): Float64Array {
  const out = new Float64Array(width * width);
  for (let at = 0; at < rows.length; at += width)
    for (let i = 0; i < width; i++)
      for (let j = 0; j <= i; j++) out[i * width + j]! += rows[at + i]! * rows[at + j]!;
  let trace = 0;
  for (let i = 0; i < width; i++) trace += out[i * width + i]!;
  for (let i = 0; i < width; i++) out[i * width + i]! += Math.max(jitter, relativeJitter * trace);
  return out;
}

/** The lower triangle L with L L^T = A, in place. */
function cholesky(a: Float64Array, width: number): Float64Array {
  for (let i = 0; i < width; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * width + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * width + k]! * a[j * width + k]!;
      a[i * width + j] = i === j ? Math.sqrt(sum) : sum / a[j * width + j]!;
    }
  return a;
}

/** |y|^2 for L y = x. */
function squaredSolution(lower: Float64Array, x: Float64Array): number {
  const width = x.length;
  const y = new Float64Array(width);
  let squares = 0;
  for (let i = 0; i < width; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i * width + k]! * y[k]!;
    y[i] = sum / lower[i * width + i]!;
    squares += y[i]! ** 2;
  }
  return squares;
}
