import { upperQuantile, upperTail } from "../../core/normal.ts";
import { remember } from "../../core/remember.ts";
import { scoredLayouts } from "./blocks.ts";
import type { BlockScores, Held } from "./blocks.ts";
import { restShare } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";
import type { TokenScores } from "./tokens.ts";

const below = (z: number): number => 1 - upperTail(z);

/** Middles of `count` parts of a standard normal number of equal probability. */
const normalMiddles = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => upperQuantile((i + 0.5) / count));

const sharedMiddles = normalMiddles(12);

/** Probability that n standard normal numbers of correlation c all lie below y. It is fast for several n at one y. */
function allBelow(c: number): (y: number, n: number) => number {
  const each = new Float64Array(c === 0 ? 1 : sharedMiddles.length);
  let last = NaN;
  return (y, n) => {
    if (y !== last)
      for (let i = 0; i < each.length; i++)
        each[i] = c === 0 ? below(y) : below((y - Math.sqrt(c) * sharedMiddles[i]!) / Math.sqrt(1 - c));
    last = y;
    let sum = 0;
    for (const one of each) sum += one ** n;
    return sum / each.length;
  };
}

/** Tokens of a group: those of one code, which are those of records in a row. */
const tokensOfGroup = ({ recordTokens, run }: Crowd): number => Math.max(1, recordTokens * run);

/** Correlation of two tokens of a group; some tokens belong to no record. */
const groupCoherence = (crowd: Crowd, block: number): number =>
  crowd.coherence * (Math.round(restShare(crowd, block) * 20) / 20);

const recordMiddles = normalMiddles(6);

/** The part w of a record's code that the query does not share: equally likely values of a normal number. */
const partsOfCode = (similarity: number): readonly number[] =>
  similarity >= 1 ? [0] : recordMiddles.map((w) => Math.sqrt(1 - similarity * similarity) * w);

/** Blocks scored by their best token's score. */
export function bestTokenScores(
  crowd: Crowd,
  block: number,
  { signal, noise, correlation }: TokenScores,
): BlockScores {
  const { fidelity: rho, coherence: c } = crowd;
  const groups = 1 + (block - 1) / tokensOfGroup(crowd);
  const group = allBelow(groupCoherence(crowd, block));
  const random = (n: number, t: number): number => group(t, n / groups) ** groups;
  /** Probability that a token, whose correlation with its record's code is `own`, lies below t at w. */
  const belowAt = (own: number, similarity: number, t: number, w: number): number => {
    const share = own * similarity;
    const common = own * own * (1 - similarity * similarity);
    const variance = (1 - (share * share) / 2 - common) * (1 - noise) + noise;
    return below((t - share * signal - own * w * Math.sqrt(1 - noise)) / Math.sqrt(variance));
  };
  return {
    holding: scoredLayouts(block, ({ anchors, members, similarity }) => {
      const parts = partsOfCode(similarity);
      return (t) => {
        // all tokens of a record share w
        let kept = 0;
        for (const w of parts)
          kept +=
            belowAt(rho, similarity, t, w) ** anchors * belowAt(Math.sqrt(c), similarity, t, w) ** members;
        return 1 - (kept / parts.length) * random(Math.max(0, block - anchors - members), t);
      };
    }),
    random: (t, shift) => 1 - random(block - 1, t) * below(t - shift * correlation),
  };
}

/** Mean and variance of |q| max over a page, for a channel whose query is a standard normal number. */
interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** |q| of a channel; negative q behave like positive ones. */
const sizes = normalMiddles(16).filter((x) => x > 0);
/** The numbers y that an integral over the largest key steps through, and the step. */
const [lowest, highest, points] = [-4, 7, 88];
const step = (highest - lowest) / points;
const heights = Float64Array.from({ length: points + 1 }, (_, i) => lowest + i * step);

/** Moments of |q| max k over keys k. @param allBelow probability that all keys lie below each height, for each size */
function maximum(allBelow: Float64Array): Moments {
  let [mean, variance, at] = [0, 0, 0];
  for (const size of sizes) {
    let [first, second, last] = [0, 0, allBelow[at++]!];
    for (let i = 1; i <= points; i++) {
      const middle = heights[i]! - step / 2;
      const now = allBelow[at++]!;
      first += (now - last) * middle;
      second += (now - last) * middle ** 2;
      last = now;
    }
    mean += (size * first) / sizes.length;
    variance += (size * size * (second - first * first)) / sizes.length;
  }
  return { mean, variance };
}

/** A token of a record: the correlation of its key with the record's code, and that of the code with the query's. */
interface RecordToken {
  readonly own: number;
  readonly similarity: number;
}

/**
 * Probability that a token of a record lies below each height, for each size of the query and each part of the code that
 * the query does not share.
 */
const recordBelow = remember(
  64,
  ({ own, similarity }) => `${own} ${similarity}`,
  ({ own, similarity }: RecordToken): Float64Array => {
    const parts = partsOfCode(similarity);
    const values = new Float64Array(sizes.length * heights.length * parts.length);
    let at = 0;
    for (const size of sizes)
      for (const y of heights)
        for (const w of parts)
          values[at++] = below((y - own * (similarity * size + w)) / Math.sqrt(1 - own * own));
    return values;
  },
);

/** A page and the tokens around those of a record in it. */
interface Surroundings {
  readonly page: number;
  readonly fidelity: number;
  readonly coherence: number;
  /** correlation of two tokens of a group */
  readonly shared: number;
  /** tokens of a group */
  readonly groupTokens: number;
  /** tokens after a record that belong to none */
  readonly gap: number;
}

/**
 * Moments of a channel's part of the bound of a page, by what the page holds. They do not depend on the length of the
 * context and are kept.
 */
const boundMoments = remember(
  64,
  (around) => Object.values(around).join(" "),
  ({ page, fidelity, coherence, shared, groupTokens, gap }: Surroundings) =>
    remember(
      1024,
      ({ anchors, members, similarity }) => `${anchors} ${members} ${similarity}`,
      ({ anchors, members, similarity }: Held): Moments => {
        const beside = page - anchors - members;
        // tokens right after an anchor belong to no record
        const alone = anchors > 0 ? Math.min(beside, gap) : 0;
        const rest = beside - alone;
        const groups = 1 + (rest - 1) / groupTokens;
        const group = allBelow(shared);
        const others = heights.map((y) =>
          beside <= 0 ? 1 : group(y, rest / groups) ** groups * below(y) ** alone,
        );
        const anchor = anchors > 0 && recordBelow({ own: fidelity, similarity });
        const member = members > 0 && recordBelow({ own: Math.sqrt(coherence), similarity });
        const parts = partsOfCode(similarity).length;
        const all = new Float64Array(sizes.length * heights.length);
        for (let i = 0, j = 0; i < all.length; i++) {
          let kept = 0;
          for (const end = j + parts; j < end; j++)
            kept += (anchor ? anchor[j]! ** anchors : 1) * (member ? member[j]! ** members : 1);
          all[i] = others[i % heights.length]! * (kept / parts);
        }
        return maximum(all);
      },
    ),
);

/** Pages scored by the bound sum_c max(q_c min_c, q_c max_c), in units of a random page's standard deviation. */
export function boundScores(crowd: Crowd, page: number): BlockScores {
  const { headDim, fidelity, coherence, gap } = crowd;
  const shared = groupCoherence(crowd, page);
  const groupTokens = tokensOfGroup(crowd);
  const momentsOf = boundMoments({ page, fidelity, coherence, shared, groupTokens, gap });
  const random = momentsOf({ anchors: 0, members: 0, similarity: 0 });
  const sd = Math.sqrt(headDim * random.variance);
  // a maximum has the covariance 1 / page with each of its keys, and that of their group
  const correlation = (shared + (1 - shared) / page) / Math.sqrt(random.variance);
  return {
    holding: scoredLayouts(page, (held) => {
      const { mean, variance } = momentsOf(held);
      const [middle, own] = [(headDim * (mean - random.mean)) / sd, Math.sqrt(variance / random.variance)];
      return (t) => upperTail((t - middle) / own);
    }),
    random: (t, shift) => upperTail(t - shift * correlation),
  };
}
