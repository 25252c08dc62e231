const coefficients = [
  -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
];

/**
 * Q(z), the probability that a standard normal number is above z, with a relative error below 1.3e-7.
 *
 * Press et al., Numerical Recipes (2nd edition), section 6.2, erfcc.
 */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  let series = 0.17087277;
  for (const coefficient of coefficients) series = coefficient + t * series;
  const tail = (t * Math.exp(-x * x - 1.26551223 + t * series)) / 2;
  return z >= 0 ? tail : 1 - tail;
}
