/**
 * Q(z), the probability that a standard normal number is above z, with a relative error below 1.3e-7.
 *
 * Press et al., Numerical Recipes (2nd edition), section 6.2, erfcc.
 */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  let series = -0.82215223 + t * 0.17087277;
  series = 1.48851587 + t * series;
  series = -1.13520398 + t * series;
  series = 0.27886807 + t * series;
  series = -0.18628806 + t * series;
  series = 0.09678418 + t * series;
  series = 0.37409196 + t * series;
  series = 1.00002368 + t * series;
  const tail = (t * Math.exp(-x * x - 1.26551223 + t * series)) / 2;
  return z >= 0 ? tail : 1 - tail;
}

/**
 * The z that a standard normal number exceeds with probability p in (0, 1), within 1e-6: a rational approximation and
 * one step of Newton's method.
 *
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23.
 */
export function upperQuantile(p: number): number {
  if (p > 0.5) return -upperQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  const z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return z + (upperTail(z) - p) / density;
}
