/**
 * Tolerances: the distance that an engine may lie from exact arithmetic, derived from its precision and the length of
 * its sums. Tests and benchmarks use no others.
 *
 * A sum of n rounded terms errs by at most lambda sqrt(n) u sum |x_i|, except with probability 2 n exp(-lambda^2 / 2):
 * Higham and Mary 2019, "A new approach to probabilistic rounding error analysis", theorem 2.4,
 * https://doi.org/10.1137/18M1226312. At lambda = 8 and n = 2^20 that probability is 3e-8.
 */
const lambda = 8;

/** Unit roundoff: the largest relative error of rounding to nearest. */
export const unitRoundoff = { f32: 2 ** -24, f64: 2 ** -53 } as const;

export type FloatType = keyof typeof unitRoundoff;

/** Error of an exponential, logarithm, sine or root of a polynomial, in units of roundoff. */
const functionUnits = 8;

/**
 * Error of a sum of `length` rounded products.
 *
 * @param magnitude the sum of the terms' magnitudes, or a bound on it
 */
export const sumError = (length: number, magnitude: number, precision: FloatType = "f32"): number =>
  lambda * Math.sqrt(length + 1) * unitRoundoff[precision] * magnitude;

/** Error of a standard normal number: magnitudes stay below 6. */
export const normalError = (precision: FloatType = "f32"): number =>
  6 * functionUnits * unitRoundoff[precision];

export interface SoftmaxShape {
  /** error of a scaled score */
  readonly scoreError: number;
  /** rows that the softmax goes over */
  readonly rows: number;
  readonly precision?: FloatType;
}

/** Relative error of a softmax weight or of the sum of exponentials: that of a score, of the largest and of the sum. */
export const weightError = ({ scoreError, rows, precision = "f32" }: SoftmaxShape): number =>
  2 * scoreError + functionUnits * unitRoundoff[precision] + sumError(rows, 1, precision);

/** Error of an attention output. @param largest magnitude of a value */
export const outputError = (shape: SoftmaxShape, largest: number): number =>
  largest * (2 * weightError(shape) + sumError(shape.rows, 1, shape.precision));

/** Whether logits of up to `largest` keep the weights of a float32 engine within a tenth of themselves. */
export const withinFloat32 = (headDim: number, largest: number): boolean => sumError(headDim, largest) <= 0.1;
