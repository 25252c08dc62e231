import { upperQuantile, upperTail } from "../../core/normal.ts";

// The mean field of attention: the rows that a query of the constructed reader is expected to read (docs/model.md,
// section 6). A random key has the logit N(0, g^2). A match has g (rho |code| + sqrt(1 - rho^2) z), where |code| is
// about sqrt(d). Another token of its record has g (sqrt(c) |code| + sqrt(1 - c) z).

/** Kin: records whose keys share the part `similarity` with the query's code. */
export interface Like {
  readonly count: number;
  readonly similarity: number;
  /** tokens of one record; default: the mean of all records */
  readonly recordTokens?: number;
}

/** Tokens and records that one query sees in one head. */
export interface Crowd {
  /** number of keys that it sees */
  readonly tokens: number;
  /** last tokens, after the last record */
  readonly tail: number;
  readonly headDim: number;
  readonly kvHeads: number;
  /** g: the standard deviation of a random key's logit, shaping included */
  readonly sharpness: number;
  readonly fidelity: number;
  readonly coherence: number;
  /** mean tokens of a record, its anchor included */
  readonly recordTokens: number;
  /** tokens after a record that belong to none */
  readonly gap: number;
  /** share of all tokens that belong to records */
  readonly recordShare: number;
  /** records that match the query */
  readonly matches: number;
  /** records of one key in a row; matches stand in such rows */
  readonly run: number;
  /** records that match in part */
  readonly like: readonly Like[];
  /** tokens of the asking record before the query, which match like another token of a record */
  readonly asking: number;
  /** whether the query asks for the question's code, which a scorer that sees the question knows */
  readonly asked: boolean;
}

/** Kin of a query: the matches first, then records that match in part. */
export const kinOf = ({ matches, like, recordTokens }: Crowd): readonly Required<Like>[] =>
  [{ count: matches, similarity: 1 }, ...like].map((kin) => ({ recordTokens, ...kin }));

/** Mean records of a kin in a unit, above which one of them does not mark the unit. */
const commonFrom = 0.5;

/**
 * Whether the i-th kin has so many records that most units of `unit` tokens hold one; matches never count as common.
 */
export const isCommon = (crowd: Crowd, i: number, unit: number): boolean =>
  i > 0 && crowd.like[i - 1]!.count * unit > commonFrom * crowd.tokens;

/** Share of record tokens among the tokens outside the kin that mark units of this size. */
export function restShare(crowd: Crowd, unit: number): number {
  const marked = kinOf(crowd).reduce(
    (sum, { count, recordTokens }, i) => sum + (isCommon(crowd, i, unit) ? 0 : count * recordTokens),
    0,
  );
  const rest = crowd.tokens - marked;
  return rest <= 0 ? 0 : Math.min(1, Math.max(0, (crowd.recordShare * crowd.tokens - marked) / rest));
}

/** Number of random tokens: those of records that share nothing with the query, and of no record. */
export const randomCount = (crowd: Crowd): number =>
  kinOf(crowd).reduce(
    (left, { count, recordTokens }) => Math.max(0, left - count * recordTokens),
    crowd.tokens,
  );

/**
 * Sum of exp(power logit) over the random keys that are read. Logits that no one of `keys` keys is expected to reach
 * are left out: for g beyond sqrt(2 ln n) rare samples make the mean, and the largest key decides the sum (the random
 * energy model: Derrida 1981, https://doi.org/10.1103/PhysRevB.24.2613).
 *
 * @param read probability that a key is read, for a logit of the mean `shift` g; default: 1
 */
export function sumOverRandom(
  { sharpness: g }: Crowd,
  keys: number,
  power: number,
  read: (shift: number) => number = () => 1,
): number {
  const tilted = power * g;
  const all = keys * Math.exp((tilted * tilted) / 2);
  // the largest of n keys is near the value that half a key is expected to exceed
  const largest = keys <= 1 ? Infinity : upperQuantile(Math.min(1, keys / 2) / keys);
  return all * Math.min(1 - upperTail(largest - tilted), read(tilted));
}

/** Expected exp(logit) of a record's token other than its anchor. */
export const memberWeight = ({ sharpness: g, coherence: c, headDim }: Crowd, similarity: number): number =>
  Math.exp(g * Math.sqrt(c * headDim) * similarity + (g * g * (1 - c * similarity * similarity)) / 2);

/** Units (tokens, blocks) of one kind: their number, and the probability that one scores above t. */
export interface Scored {
  readonly count: number;
  readonly above: (t: number) => number;
}

/** Units whose score is normal. */
export const normalScores = (count: number, mean: number, sd: number): Scored => ({
  count,
  above: (t) => upperTail((t - mean) / sd),
});

/** Score above which k of all units are expected to lie; -Infinity if there are at most k units. */
export function threshold(all: readonly Scored[], k: number): number {
  const some = all.filter(({ count }) => count > 0);
  if (some.reduce((sum, { count }) => sum + count, 0) <= k) return -Infinity;
  const different = [...new Set(some.map(({ above }) => above))];
  const numbers = new Map(different.map((above, i) => [above, i]));
  const which = some.map(({ above }) => numbers.get(above)!);
  const shares = different.map(() => 0);
  let [low, high] = [-64, 64];
  for (let step = 0; step < 28; step++) {
    const middle = (low + high) / 2;
    for (let i = 0; i < shares.length; i++) shares[i] = different[i]!(middle);
    let chosen = 0;
    for (let i = 0; i < some.length; i++) chosen += some[i]!.count * shares[which[i]!]!;
    if (chosen > k) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
