import { sumOverRandom, randomCount } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";

/** Something of records in a row by where they stand in blocks: for offsets equally likely, for each record in its order. */
export type ByPlace = readonly (readonly number[])[];

/** Where a record stands: its row's offset in a block, from 0 to 1, and which of the row it is. */
interface RecordPlace {
  readonly offset: number;
  readonly order: number;
}

export const atPlace = (values: ByPlace, { offset, order }: RecordPlace): number =>
  values[Math.min(values.length - 1, Math.floor(offset * values.length))]![order]!;

/** How much of a record is read. */
export interface Share {
  /** probability that the K and V of its anchor are read */
  readonly match: number;
  /** share of its other tokens that is read */
  readonly members: number;
  /** the probability by where it stands, which is the same for all heads */
  readonly offsets?: ByPlace;
}

/** Which records are read. */
export interface RecordChoice extends Share {
  /** of the records that match in part, in the crowd's order; as of matches when absent */
  readonly like?: readonly Share[];
  /** records in so many tokens at the end: all of them are read, or none */
  readonly recent?: { readonly tokens: number; readonly read: boolean };
  /** whether the first token is read, whatever the share of others */
  readonly first?: true;
  /** how many records stand in a row, in blocks that are chosen as such */
  readonly run?: number;
  /** whether all heads read the same matches */
  readonly shared?: true;
  /** correlation of what decides on one match and on another; 0 when absent */
  readonly alike?: number;
}

/** A softmax over rows, of which a share of the matches is read. */
export interface SoftmaxRead extends RecordChoice {
  readonly kind: "softmax";
  /** its share of the output */
  readonly gate: number;
  /** probability that a token so many tokens back is read, in place of `match` and `members` */
  readonly chance?: (distance: number) => number;
  /** a share of the weights: the fewest rows that hold it are read */
  readonly hold?: number;
  /** whether rows are read by chance, and what is read counts for what is not: weights over the probability to be read */
  readonly weighed?: true;
  /** all other rows that are read: their number, and the expected sums of exp(logit) and exp(2 logit) */
  readonly rows: number;
  readonly leak: number;
  readonly squares: number;
}

/** A record: tokens back from the query, which of the crowd's kin, where it stands. */
export interface FoundAt extends RecordPlace {
  readonly distance: number;
  readonly kin: number;
}

/** Weights that do not depend on what else is read: states, and sums that many tokens decide. */
export interface FixedRead {
  readonly kind: "fixed";
  /** expected weights of records, from the nearest */
  readonly weights: (found: readonly FoundAt[]) => number[];
  /** standard deviation that all other tokens add to each coordinate of the output */
  readonly noise: number;
  /** tokens back to where single tokens are read */
  readonly reach: number;
  /** which records have these weights and are read; when absent all have them */
  readonly choice?: RecordChoice;
  /** entries that are read in their place */
  readonly entries?: number;
}

/** @property heads the kv heads [from, to) that read so; all when absent */
export type MeanFieldRead = (SoftmaxRead | FixedRead) & { readonly heads?: readonly [number, number] };

/** The sums over random rows that were chosen without regard to the query. */
export const randomRows = (crowd: Crowd, rows: number): Pick<SoftmaxRead, "rows" | "leak" | "squares"> => ({
  rows,
  leak: sumOverRandom(crowd, rows, 1),
  squares: sumOverRandom(crowd, rows, 2),
});

/** Everything is read. */
export const readsAll = (crowd: Crowd): SoftmaxRead => ({
  kind: "softmax",
  gate: 1,
  ...{ match: 1, members: 1 },
  ...randomRows(crowd, randomCount(crowd)),
});

/** So many rows are read, whatever the query: matches lie anywhere. */
export function readsBlindly(crowd: Crowd, rows: number): SoftmaxRead {
  const share = Math.min(1, rows / crowd.tokens);
  return {
    kind: "softmax",
    gate: 1,
    ...{ match: share, members: share },
    ...randomRows(crowd, share * randomCount(crowd)),
  };
}

/** The last tokens are read, and the first ones. */
export const readsEnds = (crowd: Crowd, first: number, last: number): SoftmaxRead => ({
  ...readsBlindly(crowd, first + last),
  ...{ match: first / crowd.tokens, members: first / crowd.tokens },
  recent: { tokens: last, read: true },
  ...(first > 0 && { first: true }),
});

/** What is read of the tokens before the last ones, and these besides. */
export function withLast(crowd: Crowd, reading: SoftmaxRead, last: number): SoftmaxRead {
  const own = randomRows(crowd, Math.min(1, last / crowd.tokens) * randomCount(crowd));
  return {
    ...reading,
    recent: { tokens: last, read: true },
    rows: reading.rows + own.rows,
    leak: reading.leak + own.leak,
    squares: reading.squares + own.squares,
  };
}

/** The crowd of the tokens before the last ones. */
export function before(crowd: Crowd, last: number): Crowd {
  const share = Math.max(0, 1 - last / crowd.tokens);
  return {
    ...crowd,
    tokens: share * crowd.tokens,
    matches: share * crowd.matches,
    like: crowd.like.map((kin) => ({ ...kin, count: share * kin.count })),
  };
}
