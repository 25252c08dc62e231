import { symmetricEigenvectors } from "../../core/eigenvectors.ts";

/** The mean and the spectrum of the keys of one kv head. */
export interface KeyMeasures {
  /** share of the keys' squared length that their mean has: 0 for keys of no common part, 1 for equal keys */
  readonly meanShare: number;
  /** effective rank of the keys, 1 to d */
  readonly effectiveRank: number;
  /** effective rank of the keys less their mean */
  readonly centredRank: number;
}

/**
 * Measures the keys of one kv head.
 *
 * The share of the mean is that of the reader's `mean` (docs/model.md, "Keys that follow the text"): |mean|^2, less
 * what the mean of as many keys has by chance, over the mean of |k|^2.
 *
 * @param count keys
 * @param d numbers of a key
 */
export function measureKeys(
  count: number,
  d: number,
  key: (token: number) => Float32Array | Float64Array,
): KeyMeasures {
  const sum = new Float64Array(d);
  const gram = new Float64Array(d * d);
  for (let token = 0; token < count; token++) {
    const numbers = key(token);
    for (let i = 0; i < d; i++) {
      const own = numbers[i]!;
      sum[i]! += own;
      for (let j = 0; j <= i; j++) gram[i * d + j]! += own * numbers[j]!;
    }
  }
  const centred = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      gram[j * d + i] = gram[i * d + j]!;
      centred[i * d + j] = centred[j * d + i] = gram[i * d + j]! - (sum[i]! * sum[j]!) / count;
    }
  const trace = (matrix: Float64Array): number => sum.reduce((total, _, i) => total + matrix[i * d + i]!, 0);
  const common = sum.reduce((total, x) => total + (x / count) ** 2, 0);
  const chance = count > 1 ? trace(centred) / (count - 1) / count : 0;
  const whole = trace(gram) / count;
  return {
    meanShare: whole === 0 ? 0 : Math.max(0, (common - chance) / whole),
    effectiveRank: effectiveRank(symmetricEigenvectors(gram, d).values),
    centredRank: effectiveRank(symmetricEigenvectors(centred, d).values),
  };
}

/**
 * Effective rank of a matrix K: e to the entropy (in nats) of its singular values, which are divided by their sum. It is
 * r for r equal singular values; 0 for a matrix of zeros.
 *
 * Roy and Vetterli 2007, The effective rank: a measure of effective dimensionality, EUSIPCO. KV-CoRE (arXiv 2602.05929)
 * measures caches by a normalized effective rank; here the normalized rank is the rank over d.
 *
 * @param squares eigenvalues of K^T K, the squares of the singular values
 */
function effectiveRank(squares: Float64Array): number {
  // smaller ones are rounding
  const least = squares.length * Number.EPSILON * squares.reduce((a, b) => Math.max(a, b), 0);
  const values = squares.map((square) => (square > least ? Math.sqrt(square) : 0));
  const total = values.reduce((a, b) => a + b, 0);
  if (total === 0) return 0;
  return Math.exp(-values.reduce((sum, x) => sum + (x === 0 ? 0 : (x / total) * Math.log(x / total)), 0));
}
