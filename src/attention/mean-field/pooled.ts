import { blockVariance, normalBlocks } from "./blocks.ts";
import type { BlockScores } from "./blocks.ts";
import type { Crowd } from "./crowd.ts";
import type { TokenScores } from "./tokens.ts";

/**
 * Pools scored by an index key of their mean. The index's noise is linear in the keys, so that tokens of one code share
 * it.
 *
 * @param scores of single tokens by the same index
 * @param isNormalised whether a pool's key is scaled to one length
 */
export function pooledScores(
  crowd: Crowd,
  pool: number,
  { noise, correlation }: TokenScores,
  isNormalised: boolean,
): BlockScores {
  const { fidelity: rho, coherence: c, headDim, kvHeads } = crowd;
  const width = headDim * kvHeads;
  const variance = blockVariance(crowd, pool);
  const random = pool * variance;
  return normalBlocks(
    pool,
    ({ anchors, members, similarity }) => {
      const shared = rho * anchors + Math.sqrt(c) * members;
      const own = anchors * (1 - rho * rho) + members * (1 - c) + (pool - anchors - members) * variance;
      const code = similarity * similarity * shared * shared;
      const all = own + shared * shared;
      const length = Math.sqrt(isNormalised ? all : random);
      // the query's part of the code has a length that varies by 1 / sqrt(2 width)
      const exact = all - code / 2;
      return {
        mean: (Math.sqrt((1 - noise) * width) * similarity * shared) / length,
        sd: Math.sqrt((1 - noise) * exact + noise * all) / length,
      };
    },
    correlation * Math.sqrt(variance / pool),
  );
}
