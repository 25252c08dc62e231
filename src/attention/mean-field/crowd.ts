import { upperQuantile, upperTail } from "../../core/normal.ts";

// The mean field of attention: what a query of the constructed reader is expected to read (docs/model.md, section 6).
// A random key has the logit N(0, g^2). A match has g (rho |code| + sqrt(1 - rho^2) z), |code| about sqrt(d); another
// token of its record g (sqrt(c) |code| + sqrt(1 - c) z).

/** Records whose keys share so much with the query's code. */
export interface Like {
  readonly count: number;
  readonly similarity: number;
  /** tokens of one of them; as of all records when absent */
  readonly recordTokens?: number;
}

/** What one query sees in one head. */
export interface Crowd {
  /** keys that it sees */
  readonly tokens: number;
  /** of these the last ones, behind the last record */
  readonly tail: number;
  readonly headDim: number;
  readonly kvHeads: number;
  /** g: the standard deviation of a random key's logit, shaping included */
  readonly sharpness: number;
  readonly fidelity: number;
  readonly coherence: number;
  /** mean tokens of a record, its anchor included */
  readonly recordTokens: number;
  /** tokens behind a record that belong to none */
  readonly gap: number;
  /** share of all tokens that belong to records */
  readonly recordShare: number;
  /** records that match the query */
  readonly matches: number;
  /** records of one key that stand one after another, the matches too */
  readonly run: number;
  /** records that match in part */
  readonly like: readonly Like[];
  /** tokens of the asking record itself before the query, which match as a record's other tokens do */
  readonly asking: number;
  /** whether it asks what the question asks, which a scorer that sees the question knows */
  readonly asked: boolean;
}

/** Records that share something with the query: the matches first. */
export const kinOf = ({ matches, like, recordTokens }: Crowd): readonly Required<Like>[] =>
  [{ count: matches, similarity: 1 }, ...like].map((kin) => ({ recordTokens, ...kin }));

/** A unit that holds more records of a kin than this is not told from others by one of them. */
const commonFrom = 0.5;

/** Whether the i-th kin's records are so many that units of so many tokens hold some as a rule; matches never are. */
export const isCommon = (crowd: Crowd, i: number, unit: number): boolean =>
  i > 0 && crowd.like[i - 1]!.count * unit > commonFrom * crowd.tokens;

/** Share of records in the tokens that no kin has which marks units of this size. */
export function restShare(crowd: Crowd, unit: number): number {
  const marked = kinOf(crowd).reduce(
    (sum, { count, recordTokens }, i) => sum + (isCommon(crowd, i, unit) ? 0 : count * recordTokens),
    0,
  );
  const rest = crowd.tokens - marked;
  return rest <= 0 ? 0 : Math.min(1, Math.max(0, (crowd.recordShare * crowd.tokens - marked) / rest));
}

/** Tokens of records that share nothing with the query, and of none. */
export const randomCount = (crowd: Crowd): number =>
  kinOf(crowd).reduce(
    (left, { count, recordTokens }) => Math.max(0, left - count * recordTokens),
    crowd.tokens,
  );

/**
 * Sum of exp(power logit) over random keys, of those that are read. What none of so many keys reaches is left out: for g
 * beyond sqrt(2 ln n) the mean is that of rare samples, and the largest key decides the sum (the random energy model:
 * Derrida 1981, https://doi.org/10.1103/PhysRevB.24.2613).
 *
 * @param read probability that a key is read whose logit has the mean `shift` g, of all keys when absent
 */
export function sumOverRandom(
  { sharpness: g }: Crowd,
  keys: number,
  power: number,
  read: (shift: number) => number = () => 1,
): number {
  const tilted = power * g;
  const all = keys * Math.exp((tilted * tilted) / 2);
  // the expected largest of n is where one half is expected above
  const largest = keys <= 1 ? Infinity : upperQuantile(Math.min(1, keys / 2) / keys);
  return all * Math.min(1 - upperTail(largest - tilted), read(tilted));
}

/** Expected exp(logit) of a token of a record beside its anchor. */
export const memberWeight = ({ sharpness: g, coherence: c, headDim }: Crowd, similarity: number): number =>
  Math.exp(g * Math.sqrt(c * headDim) * similarity + (g * g * (1 - c * similarity * similarity)) / 2);

/** Units (tokens, blocks) of one kind: how many, and the probability that one scores above t. */
export interface Scored {
  readonly count: number;
  readonly above: (t: number) => number;
}

/** Units whose score is normal. */
export const normalScores = (count: number, mean: number, sd: number): Scored => ({
  count,
  above: (t) => upperTail((t - mean) / sd),
});

/** The score above which k of all units are expected to lie; -Infinity where there are no more than k. */
export function threshold(all: readonly Scored[], k: number): number {
  const some = all.filter(({ count }) => count > 0);
  if (some.reduce((sum, { count }) => sum + count, 0) <= k) return -Infinity;
  let [low, high] = [-64, 64];
  for (let step = 0; step < 28; step++) {
    const middle = (low + high) / 2;
    let chosen = 0;
    for (const { count, above } of some) chosen += count * above(middle);
    if (chosen > k) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
