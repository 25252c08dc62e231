import { upperTail } from "../../core/normal.ts";
import { kinOf, normalScores, randomCount, sumOverRandom, threshold } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";
import type { SoftmaxRead } from "./reads.ts";

/** How tokens are scored, in units of a random token's standard deviation. */
export interface TokenScores {
  /** mean score of a match whose stored key were its code */
  readonly signal: number;
  /** variance of a score that does not come from the exact scores */
  readonly noise: number;
  /** correlation of a random token's score with its logit in this head */
  readonly correlation: number;
}

/** The exact scores of this head. */
const exactScores = ({ headDim }: Crowd): TokenScores => ({
  signal: Math.sqrt(headDim),
  noise: 0,
  correlation: 1,
});

/**
 * Standard deviation of the score of a token whose key shares so much with the query's code: of the code's length,
 * sqrt(d) (1 + z / sqrt(2 d)), of the key's noise, and of the index.
 */
const spread = (share: number, noise: number): number =>
  Math.sqrt(Math.max(1e-6, 1 - (share * share) / 2) * (1 - noise) + noise);

/** The k tokens of largest score are read. */
export function bestTokens(crowd: Crowd, k: number, scores = exactScores(crowd)): SoftmaxRead {
  const { fidelity: rho, coherence: c } = crowd;
  const { signal, noise, correlation } = scores;
  const kin = kinOf(crowd).map(({ count, similarity, recordTokens }) =>
    [rho * similarity, Math.sqrt(c) * similarity].map((share, i) =>
      normalScores(i === 0 ? count : count * (recordTokens - 1), share * signal, spread(share, noise)),
    ),
  );
  const random = normalScores(randomCount(crowd), 0, 1);
  const t = threshold([...kin.flat(), random], k);
  const read = (shift: number): number => upperTail(t - shift * correlation);
  const [own, ...like] = kin.map(([match, member]) => ({
    match: match!.above(t),
    members: member!.above(t),
  }));
  return {
    kind: "softmax",
    gate: 1,
    ...own!,
    like,
    rows: random.count * random.above(t),
    leak: sumOverRandom(crowd, random.count, 1, read),
    squares: sumOverRandom(crowd, random.count, 2, read),
  };
}

/**
 * Scores of tokens by a small index of the kv heads' concatenated keys: the projection of D = d H numbers to `indexDim`
 * adds the variance D / indexDim - 1, the index heads' query noise what is left of it in their mean.
 */
export function indexScores(
  { headDim, kvHeads }: Crowd,
  { indexDim, indexHeads, indexNoise }: { indexDim: number; indexHeads: number; indexNoise: number },
): TokenScores {
  const width = headDim * kvHeads;
  const noise = Math.max(0, width / indexDim - 1) + ((indexNoise ** 2 / indexHeads) * width) / indexDim;
  return {
    signal: Math.sqrt(width / (1 + noise)),
    noise: noise / (1 + noise),
    correlation: Math.sqrt(1 / (kvHeads * (1 + noise))),
  };
}
