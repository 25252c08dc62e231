import { sumOverRandom, randomCount } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";

/**
 * Numbers of records in a row by their place in blocks: for each of several equally likely offsets, one for each
 * record.
 */
export type ByPlace = readonly (readonly number[])[];

/** Place of a record: its row's offset in a block, from 0 to 1, and its index in the row. */
interface RecordPlace {
  readonly offset: number;
  readonly order: number;
}

export const atPlace = (values: ByPlace, { offset, order }: RecordPlace): number =>
  values[Math.min(values.length - 1, Math.floor(offset * values.length))]![order]!;

/** Part of a record that is read. */
export interface Share {
  /** probability that the K and V of its anchor are read */
  readonly match: number;
  /** share of its other tokens that are read */
  readonly members: number;
  /** the probability by place, which is the same for all heads */
  readonly offsets?: ByPlace;
}

/** Records that are read. */
export interface RecordChoice extends Share {
  /** shares of the records that match in part, in the crowd's order; default: the shares of matches */
  readonly like?: readonly Share[];
  /** records in the newest `tokens`: all of them are read, or none */
  readonly recent?: { readonly tokens: number; readonly read: boolean };
  /** whether the first token is read, whatever the share of the others */
  readonly first?: true;
  /** number of records in a row, in blocks that are chosen as wholes */
  readonly run?: number;
  /** whether all heads read the same matches */
  readonly shared?: true;
  /** correlation of the scores that decide on two matches; default: 0 */
  readonly alike?: number;
}

/** Random keys, of which a read takes some. */
export interface RandomKeys {
  readonly keys: number;
  /** probability that a key of the logit z g is read; default: 1 */
  readonly read?: (z: number) => number;
}

/** A softmax over rows, of which a share of the matches is read. */
export interface SoftmaxRead extends RecordChoice {
  readonly kind: "softmax";
  /** share of the output */
  readonly gate: number;
  /** probability that a token at a distance from the query is read, in place of `match` and `members` */
  readonly chance?: (distance: number) => number;
  /** share of the weights; the fewest rows that hold it are read */
  readonly hold?: number;
  /** whether rows are sampled, and their weights divided by the probability to be read */
  readonly weighed?: true;
  /** number of all other rows that are read, with the expected sums of exp(logit) and exp(2 logit) below */
  readonly rows: number;
  readonly leak: number;
  readonly squares: number;
  /** the keys of those rows, for sums that few of them decide */
  readonly random: readonly RandomKeys[];
}

/** A record: its distance from the query in tokens, its index in the crowd's kin, its place. */
export interface FoundAt extends RecordPlace {
  readonly distance: number;
  readonly kin: number;
}

/** Weights that do not depend on the other rows read: those of states, and of sums that many tokens decide. */
export interface FixedRead {
  readonly kind: "fixed";
  /** expected weights of records, from the nearest to the farthest */
  readonly weights: (found: readonly FoundAt[]) => number[];
  /** standard deviation that all other tokens add to each coordinate of the output */
  readonly noise: number;
  /** distance up to which single tokens are read */
  readonly reach: number;
  /** records that have these weights and are read; default: all records */
  readonly choice?: RecordChoice;
  /** entries that are read in place of single tokens */
  readonly entries?: number;
}

/** A read of one query in the mean field. @property heads kv heads [from, to) of this read; default: all */
export type MeanFieldRead = (SoftmaxRead | FixedRead) & { readonly heads?: readonly [number, number] };

/** Sums over random rows that were chosen without regard to the query. */
export const randomRows = (
  crowd: Crowd,
  rows: number,
): Pick<SoftmaxRead, "rows" | "leak" | "squares" | "random"> => ({
  rows,
  random: [{ keys: rows }],
  leak: sumOverRandom(crowd, rows, 1),
  squares: sumOverRandom(crowd, rows, 2),
});

/** A read of every token. */
export const readsAll = (crowd: Crowd): SoftmaxRead => ({
  kind: "softmax",
  gate: 1,
  match: 1,
  members: 1,
  ...randomRows(crowd, randomCount(crowd)),
});

/** A read of `rows` rows that do not depend on the query: matches lie anywhere. */
export function readsBlindly(crowd: Crowd, rows: number): SoftmaxRead {
  const share = Math.min(1, rows / crowd.tokens);
  return {
    kind: "softmax",
    gate: 1,
    match: share,
    members: share,
    ...randomRows(crowd, share * randomCount(crowd)),
  };
}

/** A read of the first and the last tokens. */
export const readsEnds = (crowd: Crowd, first: number, last: number): SoftmaxRead => ({
  ...readsBlindly(crowd, first + last),
  match: first / crowd.tokens,
  members: first / crowd.tokens,
  recent: { tokens: last, read: true },
  ...(first > 0 && { first: true }),
});

/** A read of the tokens before the last `last`, and of these too. */
export function withLast(crowd: Crowd, reading: SoftmaxRead, last: number): SoftmaxRead {
  const own = randomRows(crowd, Math.min(1, last / crowd.tokens) * randomCount(crowd));
  return {
    ...reading,
    recent: { tokens: last, read: true },
    rows: reading.rows + own.rows,
    leak: reading.leak + own.leak,
    squares: reading.squares + own.squares,
    random: [...reading.random, ...own.random],
  };
}

/** A read, and of all else `rows` rows that do not depend on the query. */
export function andBlindly(crowd: Crowd, reading: SoftmaxRead, rows: number): SoftmaxRead {
  const besides = readsBlindly(crowd, rows);
  const either = (read: number): number => read + (1 - read) * besides.match;
  const widened = ({ match, members, offsets }: Share): Share => ({
    match: either(match),
    members: either(members),
    ...(offsets && { offsets: offsets.map((values) => values.map(either)) }),
  });
  return {
    ...reading,
    ...widened(reading),
    ...(reading.like && { like: reading.like.map(widened) }),
    rows: reading.rows + besides.rows,
    leak: reading.leak + besides.leak,
    squares: reading.squares + besides.squares,
    random: [...reading.random, ...besides.random],
  };
}

/** The crowd of the tokens before the last `last`. */
export function before(crowd: Crowd, last: number): Crowd {
  const share = Math.max(0, 1 - last / crowd.tokens);
  return {
    ...crowd,
    tokens: share * crowd.tokens,
    matches: share * crowd.matches,
    like: crowd.like.map((kin) => ({ ...kin, count: share * kin.count })),
  };
}
