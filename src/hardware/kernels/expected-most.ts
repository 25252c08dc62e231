/** Probability that a standard normal number is below x, to 1e-7 (Abramowitz and Stegun, 26.2.17). */
function normalBelow(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x >= 0 ? 1 - tail : tail;
}

/** A normally distributed number. */
export interface NormalNumber {
  readonly mean: number;
  readonly deviation: number;
}

const steps = 64;

/** Expected largest of independent normal numbers: high - integral from low to high of the product of their P(x). */
export function expectedMost(numbers: readonly NormalNumber[]): number {
  const mean = Math.max(...numbers.map((each) => each.mean));
  const widest = Math.max(...numbers.map(({ deviation }) => deviation));
  if (widest === 0) return mean;
  const [low, high] = [mean - 6 * widest, mean + 6 * widest];
  // numbers that cannot be the largest are left out
  const near = numbers.filter((each) => each.mean + 6 * each.deviation > low);
  const width = (high - low) / steps;
  let integral = 0;
  for (let i = 0; i < steps; i++) {
    const x = low + (i + 0.5) * width;
    integral += near.reduce(
      (product, each) =>
        product *
        (each.deviation === 0 ? Number(each.mean <= x) : normalBelow((x - each.mean) / each.deviation)),
      1,
    );
  }
  return high - integral * width;
}
