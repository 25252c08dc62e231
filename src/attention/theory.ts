import { upperTail } from "../core/normal.ts";
import { forgotten } from "./recurrent.ts";

// Mean-field theory of attention: what a query of the constructed reader is expected to read (docs/model.md, section 6).
// A random key has the logit N(0, g^2). A match has g (rho |code| + sqrt(1 - rho^2) z), |code| about sqrt(d); another
// token of its record g (sqrt(c) |code| + sqrt(1 - c) z).

/** What one query sees in one head. */
export interface Crowd {
  /** keys that it sees */
  readonly tokens: number;
  readonly headDim: number;
  readonly kvHeads: number;
  /** g: the standard deviation of a random key's logit, shaping included */
  readonly sharpness: number;
  readonly fidelity: number;
  readonly coherence: number;
  /** mean tokens of a record, its anchor included */
  readonly recordTokens: number;
  /** records that match the query */
  readonly matches: number;
  /** whether it asks what the question asks, which a scorer that sees the question knows */
  readonly asked: boolean;
}

/** A softmax over rows, of which a share of the matches is read. */
export interface SoftmaxReading {
  readonly kind: "softmax";
  /** its share of the output */
  readonly gate: number;
  /** probability that a match's K and V are read */
  readonly match: number;
  /** share of the other tokens of matching records that is read */
  readonly members: number;
  /** all other rows that are read: their number, and the expected sums of exp(logit) and exp(2 logit) */
  readonly rows: number;
  readonly leak: number;
  readonly squares: number;
  /** probability that the first token is read; that of a match when absent */
  readonly first?: number;
  /** whether all heads read the same matches */
  readonly shared?: true;
}

/** A state: matches have a weight that does not depend on what else is read. */
export interface StateReading {
  readonly kind: "state";
  /** expected weights of the matches that lie so many tokens back, from the nearest */
  readonly weights: (distances: readonly number[]) => number[];
  /** standard deviation that all other tokens add to each coordinate of the output */
  readonly noise: number;
  /** tokens back to where nothing is remembered */
  readonly reach: number;
}

export type Reading = SoftmaxReading | StateReading;

/** What a query is expected to read in a head: gated readings, or one. */
export type Theory<P> = (crowd: Crowd, params: P, head: number) => readonly Reading[];

/** Tokens of matching records besides their anchors. */
export const memberCount = ({ matches, recordTokens }: Crowd): number => matches * (recordTokens - 1);

/** Tokens that neither match nor stand beside a match. */
export const randomCount = (crowd: Crowd): number =>
  Math.max(0, crowd.tokens - crowd.matches - memberCount(crowd));

/**
 * Sum of exp(power logit) over random keys, of those whose score is above t. What none of so many keys reaches is left
 * out: for g beyond sqrt(2 ln n) the mean is that of rare samples, and the largest key decides the sum (the random energy
 * model: Derrida 1981, https://doi.org/10.1103/PhysRevB.24.2613).
 *
 * @param correlation of the score with the logit
 */
export function sumAbove(
  { sharpness: g }: Crowd,
  keys: number,
  power: 1 | 2,
  t = -Infinity,
  correlation = 1,
): number {
  if (keys < 1) return keys * Math.exp((power * g) ** 2 / 2) * upperTail(t - power * g * correlation);
  const tilted = power * g;
  const largest = threshold([normalScores(keys, 0, 1)], Math.min(1, keys / 2));
  const reached = 1 - upperTail(largest - tilted);
  return keys * Math.exp((tilted * tilted) / 2) * Math.min(reached, upperTail(t - tilted * correlation));
}

/** The sums over random rows that were chosen without regard to the query. */
const randomRows = (crowd: Crowd, rows: number): Pick<SoftmaxReading, "rows" | "leak" | "squares"> => ({
  rows,
  leak: sumAbove(crowd, rows, 1),
  squares: sumAbove(crowd, rows, 2),
});

/** Everything is read. */
export const readsAll = (crowd: Crowd): SoftmaxReading => ({
  kind: "softmax",
  gate: 1,
  match: 1,
  members: 1,
  ...randomRows(crowd, randomCount(crowd)),
});

/** So many rows are read, whatever the query: matches lie anywhere. */
export function readsBlindly(crowd: Crowd, rows: number): SoftmaxReading {
  const share = Math.min(1, rows / crowd.tokens);
  return {
    kind: "softmax",
    gate: 1,
    match: share,
    members: share,
    ...randomRows(crowd, share * randomCount(crowd)),
  };
}

/** What is read, and besides it so many rows whatever the query. */
export function withRows(crowd: Crowd, reading: SoftmaxReading, rows: number): SoftmaxReading {
  const blind = readsBlindly(crowd, rows);
  const either = (a: number, b: number): number => 1 - (1 - a) * (1 - b);
  return {
    ...reading,
    match: either(reading.match, blind.match),
    members: either(reading.members, blind.members),
    rows: reading.rows + blind.rows,
    leak: reading.leak + blind.leak,
    squares: reading.squares + blind.squares,
  };
}

/** What a budget keeps that was decided before the question, or with it in sight; then its matches come first. */
export const readsKept = (crowd: Crowd, budget: number, queryAware: boolean): SoftmaxReading =>
  budget < crowd.tokens && queryAware && crowd.asked
    ? bestTokens(crowd, budget)
    : readsBlindly(crowd, Math.min(budget, crowd.tokens));

/**
 * A state that is written to by unit keys k: a write of strength b at t has the weight b k_t . r, r what later writes and
 * decay have left of the query. Where writes replace, a random one takes the part b / d of what lies in any direction, one
 * with the same key b rho^2 of it, another token of a record b c.
 *
 * @param decay what is left after t tokens, in the mean over channels
 */
export function readsState(
  { headDim: d, fidelity: rho, coherence: c, recordTokens, tokens }: Crowd,
  { strength: b, replaces, decay }: { strength: number; replaces: boolean; decay: (t: number) => number },
): StateReading {
  const lost = replaces ? b / d : 0;
  const left = (t: number): number => decay(t) * Math.exp(-lost * t);
  const repeated = replaces ? (1 - b * rho * rho) * (1 - b * c) ** (recordTokens - 1) : 1;
  // of the squared length a random write leaves 1 - (2 b - b^2) / d
  const energy = (t: number): number => decay(2 * t) * Math.exp(-(replaces ? (2 * b - b * b) / d : 0) * t);
  // over the distance, in equal steps of its logarithm
  let [noise, reach] = [(b * b) / d, 0];
  const ratio = Math.max(1, tokens) ** (1 / 256);
  for (let t = Math.sqrt(ratio); t < tokens; t *= ratio) {
    const square = energy(t);
    noise += (t * Math.log(ratio) * b * b * square) / d;
    if (square > forgotten ** 2) reach = t;
  }
  reach = Math.min(tokens, reach * Math.sqrt(ratio));
  return {
    kind: "state",
    weights: (distances) => distances.map((t, place) => b * rho * left(t) * repeated ** place),
    noise: Math.sqrt(noise),
    reach,
  };
}

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
  if (all.reduce((sum, { count }) => sum + count, 0) <= k) return -Infinity;
  let [low, high] = [-100, 100];
  for (let step = 0; step < 48; step++) {
    const middle = (low + high) / 2;
    const chosen = all.reduce((sum, { count, above }) => sum + count * above(middle), 0);
    if (chosen > k) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

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
export const exactScores = ({ headDim }: Crowd): TokenScores => ({
  signal: Math.sqrt(headDim),
  noise: 0,
  correlation: 1,
});

/** The k tokens of largest score are read. */
export function bestTokens(
  crowd: Crowd,
  k: number,
  scores: TokenScores = exactScores(crowd),
): SoftmaxReading {
  const { fidelity: rho, coherence: c, matches } = crowd;
  const { signal, noise, correlation } = scores;
  // of the code's length, sqrt(d) (1 + z / sqrt(2 d)), of the key's noise, and of the index
  const spread = (share: number): number =>
    Math.sqrt(Math.max(1e-6, 1 - (share * share) / 2) * (1 - noise) + noise);
  const match = normalScores(matches, rho * signal, spread(rho));
  const member = normalScores(memberCount(crowd), Math.sqrt(c) * signal, spread(Math.sqrt(c)));
  const random = normalScores(randomCount(crowd), 0, 1);
  const t = threshold([match, member, random], k);
  return {
    kind: "softmax",
    gate: 1,
    match: match.above(t),
    members: member.above(t),
    rows: random.count * random.above(t),
    leak: sumAbove(crowd, random.count, 1, t, correlation),
    squares: sumAbove(crowd, random.count, 2, t, correlation),
  };
}

/** Variance of a block's mean logit, times its tokens, in units of g^2: 1, and what the tokens of a record share. */
export function blockVariance({ coherence: c, fidelity: rho, recordTokens }: Crowd, block: number): number {
  const length = Math.round(recordTokens);
  let sum = 1;
  for (let lag = 1; lag < Math.min(length, block); lag++)
    sum += (2 * ((length - lag - 1) * c + Math.sqrt(c) * rho) * (1 - lag / block)) / length;
  return sum;
}

/** Offsets of an anchor in a block of so many tokens: all, or 32 evenly. */
export const offsetsIn = (block: number): number[] =>
  Array.from({ length: Math.min(block, 32) }, (_, i) =>
    Math.floor(((i + 0.5) * block) / Math.min(block, 32)),
  );

/** The k blocks of largest mean key are read. @param blocks how many there are to choose from */
export function bestBlocks(crowd: Crowd, block: number, k: number, blocks: number): SoftmaxReading {
  const { fidelity: rho, coherence: c, headDim, recordTokens, matches } = crowd;
  if (k <= 0 || blocks <= 0) return readsBlindly(crowd, 0);
  const v = blockVariance(crowd, block);
  // in units of a random block's standard deviation, sqrt(v / block)
  const unit = Math.sqrt(headDim) / block / Math.sqrt(v / block);
  const share = Math.min(1, (blocks * block) / crowd.tokens);
  const offsets = offsetsIn(block);
  const own = offsets.map((offset) => Math.min(offset, recordTokens - 1));
  const others = own.map((members) => Math.min(recordTokens - 1 - members, block));
  const each = (matches * share) / offsets.length;
  const gold = own.map((members) => normalScores(each, unit * (rho + Math.sqrt(c) * members), 1));
  const spilt = others.map((members) =>
    normalScores(members > 0.5 ? each : 0, unit * Math.sqrt(c) * members, 1),
  );
  const random = normalScores(Math.max(0, blocks - matches), 0, 1);
  const t = threshold([...gold, ...spilt, random], k);
  const mean = (of: (i: number) => number): number =>
    offsets.reduce((sum, _, i) => sum + of(i), 0) / offsets.length;
  const neighbours = matches * mean((i) => gold[i]!.above(t) * Math.max(0, block - 1 - own[i]!));
  const correlation = Math.sqrt(v / block);
  const rows = random.count * block;
  return {
    kind: "softmax",
    gate: 1,
    match: share * mean((i) => gold[i]!.above(t)),
    members:
      share *
      mean(
        (i) => (own[i]! * gold[i]!.above(t) + others[i]! * spilt[i]!.above(t)) / (own[i]! + others[i]! || 1),
      ),
    rows: rows * random.above(t) + neighbours,
    leak: sumAbove(crowd, rows, 1, t, correlation) + sumAbove(crowd, neighbours, 1),
    squares: sumAbove(crowd, rows, 2, t, correlation) + sumAbove(crowd, neighbours, 2),
  };
}

/**
 * A softmax over tokens ranked by a small index of the kv heads' concatenated keys: the projection of D = d H numbers to
 * `indexDim` adds the variance D / indexDim - 1, the index heads' query noise what is left of it in their mean.
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
