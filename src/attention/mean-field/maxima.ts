import { upperQuantile, upperTail } from "../../core/normal.ts";
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

/** Number of groups in a block of random tokens. A group is the tokens of one code, those of records in a row. */
const groupsIn = ({ recordTokens, run }: Crowd, block: number): number =>
  1 + (block - 1) / Math.max(1, recordTokens * run);

/** Correlation of two tokens of a group; some tokens belong to no record. */
const groupCoherence = (crowd: Crowd, block: number): number =>
  crowd.coherence * (Math.round(restShare(crowd, block) * 20) / 20);

const recordMiddles = normalMiddles(6);

/**
 * Probability that all of a record's tokens lie below a score. The part of its code that the query does not share is
 * one normal number w for all of them.
 *
 * @param kept the probability at a given w
 */
function allOfRecord(similarity: number, kept: (w: number) => number): number {
  if (similarity >= 1) return kept(0);
  let sum = 0;
  for (const w of recordMiddles) sum += kept(Math.sqrt(1 - similarity * similarity) * w);
  return sum / recordMiddles.length;
}

/** Blocks scored by their best token's score. */
export function bestTokenScores(
  crowd: Crowd,
  block: number,
  { signal, noise, correlation }: TokenScores,
): BlockScores {
  const { fidelity: rho, coherence: c } = crowd;
  const groups = groupsIn(crowd, block);
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
    holding: scoredLayouts(block, ({ anchors, members, similarity }) => (t) => {
      const kept = allOfRecord(
        similarity,
        (w) => belowAt(rho, similarity, t, w) ** anchors * belowAt(Math.sqrt(c), similarity, t, w) ** members,
      );
      return 1 - kept * random(Math.max(0, block - anchors - members), t);
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
const [lowest, highest, points] = [-4, 7, 88];

/** Moments of |q| max k over keys k. @param allBelowAt probability that all keys lie below y, for a |q| of that size */
function maximum(allBelowAt: (y: number, size: number) => number): Moments {
  let [mean, variance] = [0, 0];
  const step = (highest - lowest) / points;
  for (const size of sizes) {
    let [first, second, last] = [0, 0, allBelowAt(lowest, size)];
    for (let i = 1; i <= points; i++) {
      const y = lowest + i * step;
      const now = allBelowAt(y, size);
      first += (now - last) * (y - step / 2);
      second += (now - last) * (y - step / 2) ** 2;
      last = now;
    }
    mean += (size * first) / sizes.length;
    variance += (size * size * (second - first * first)) / sizes.length;
  }
  return { mean, variance };
}

const known = new Map<string, Moments>();

/** Moments of a channel's part of a page's bound. They do not depend on the length of the context and are kept. */
function boundMoments(crowd: Crowd, page: number, held: Held): Moments {
  const { fidelity: rho, coherence: c, recordTokens, run, gap } = crowd;
  const { anchors, members, similarity } = held;
  const shared = groupCoherence(crowd, page);
  const key = `${page} ${rho} ${c} ${shared} ${recordTokens * run} ${gap} ${anchors} ${members} ${similarity}`;
  const found = known.get(key);
  if (found) return found;
  const beside = page - anchors - members;
  // tokens right after an anchor belong to no record
  const alone = anchors > 0 ? Math.min(beside, gap) : 0;
  const rest = beside - alone;
  const groups = groupsIn(crowd, rest);
  const group = allBelow(shared);
  const random = new Map<number, number>();
  const randomBelow = (y: number): number => {
    let value = random.get(y);
    if (value === undefined)
      random.set(y, (value = beside <= 0 ? 1 : group(y, rest / groups) ** groups * below(y) ** alone));
    return value;
  };
  /** Probability that a token, whose correlation with its record's code is `own`, lies below y at w. */
  const belowAt = (own: number, y: number, size: number, w: number): number =>
    below((y - own * (similarity * size + w)) / Math.sqrt(1 - own * own));
  const moments = maximum(
    (y, size) =>
      randomBelow(y) *
      allOfRecord(
        similarity,
        (w) =>
          (anchors > 0 ? belowAt(rho, y, size, w) ** anchors : 1) *
          (members > 0 ? belowAt(Math.sqrt(c), y, size, w) ** members : 1),
      ),
  );
  if (known.size >= 4096) known.clear();
  known.set(key, moments);
  return moments;
}

/** Pages scored by the bound sum_c max(q_c min_c, q_c max_c), in units of a random page's standard deviation. */
export function boundScores(crowd: Crowd, page: number): BlockScores {
  const { headDim } = crowd;
  const random = boundMoments(crowd, page, { anchors: 0, members: 0, similarity: 0 });
  const sd = Math.sqrt(headDim * random.variance);
  const shared = groupCoherence(crowd, page);
  // a maximum has the covariance 1 / page with each of its keys, and that of their group
  const correlation = (shared + (1 - shared) / page) / Math.sqrt(random.variance);
  return {
    holding: scoredLayouts(page, (held) => {
      const { mean, variance } = boundMoments(crowd, page, held);
      const [middle, own] = [(headDim * (mean - random.mean)) / sd, Math.sqrt(variance / random.variance)];
      return (t) => upperTail((t - middle) / own);
    }),
    random: (t, shift) => upperTail(t - shift * correlation),
  };
}
