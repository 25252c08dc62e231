import { upperTail } from "../../core/normal.ts";
import { kinOf, normalScores, randomCount, sumOverRandom, threshold } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";
import type { SoftmaxRead } from "./reads.ts";

/** Scores of tokens, in units of a random token's standard deviation. */
export interface TokenScores {
  /** mean score of a match whose stored key is its code */
  readonly signal: number;
  /** part of a score's variance that does not come from exact scores */
  readonly noise: number;
  /** correlation of a random token's score with its logit in this head */
  readonly correlation: number;
}

/** Exact scores of this head. */
const exactScores = ({ headDim }: Crowd): TokenScores => ({
  signal: Math.sqrt(headDim),
  noise: 0,
  correlation: 1,
});

/**
 * Standard deviation of the score of a token whose key shares the part `share` with the query's code. It comes from the
 * code's length, sqrt(d) (1 + z / sqrt(2 d)), from the key's noise, and from the index.
 */
const spread = (share: number, noise: number): number =>
  Math.sqrt(Math.max(1e-6, 1 - (share * share) / 2) * (1 - noise) + noise);

/** A read of the k tokens of largest score. */
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
  const rest = Math.sqrt(Math.max(0, 1 - correlation * correlation));
  const readAt = (z: number): number =>
    rest === 0 ? Number(z > t) : upperTail((t - z * correlation) / rest);
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
    random: [{ keys: random.count, read: readAt }],
  };
}

/** Exact scores, summed over the heads. */
export const summedScores = (crowd: Crowd): TokenScores =>
  indexScores(crowd, { indexDim: crowd.headDim * crowd.kvHeads, indexHeads: 1, indexNoise: 0 });

/**
 * Scores of tokens by a small index of the kv heads' concatenated keys. The projection of D = d H numbers to `indexDim`
 * adds the variance D / indexDim - 1. The index heads' query noise adds the variance of its mean over heads.
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
