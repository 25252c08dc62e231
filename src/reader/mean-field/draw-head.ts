import type { Crowd } from "../../attention/mean-field/crowd.ts";
import { atPlace } from "../../attention/mean-field/reads.ts";
import type { FixedRead, RecordChoice, Share, SoftmaxRead } from "../../attention/mean-field/reads.ts";
import { upperQuantile, upperTail } from "../../core/normal.ts";
import type { Normals, Random } from "../../core/random.ts";
import type { HeadReads } from "./heads.ts";
import { drawSums, expectedSums, fewDecide } from "./row-sums.ts";
import type { NearTokens } from "./row-sums.ts";

/** Normal numbers that decide which records are read: one for all records, and one for each. */
class Draws {
  readonly #normals: Normals;
  readonly #first: number;
  readonly #count: number;
  #common: number | undefined;
  #own: number[] | undefined;

  /** @param first of the normal numbers of a stream, and @param count records */
  constructor(normals: Normals, first: number, count: number) {
    this.#normals = normals;
    this.#first = first;
    this.#count = count;
  }

  common(): number {
    return (this.#common ??= this.#normals.at(this.#first));
  }

  own(i: number): number {
    if (this.#own === undefined) {
      this.#own = [];
      for (let k = 1; k <= this.#count; k++) this.#own.push(this.#normals.at(this.#first + k));
    }
    return this.#own[i]!;
  }
}

/** Records that a query may find, from the nearest to the farthest, and the draws on them that all heads share. */
export interface FoundRecords {
  /** tokens back from the query */
  readonly distances: readonly number[];
  /** correlation of the code of each record's key with the query's */
  readonly similarities: readonly number[];
  /** kin of the crowd that each belongs to: 0 for matches */
  readonly kin: readonly number[];
  /** whether each is a record that the query should read */
  readonly gold: readonly boolean[];
  /** whether the last of them is the first token, whose key is its code without noise */
  readonly sink: boolean;
  readonly draws: Draws;
}

/** Attention of one head, as it was drawn. */
export interface DrawnHead {
  /** weight of each record found */
  readonly weights: Float64Array;
  /** variance that everything else adds to each coordinate of the output */
  readonly noise: number;
  /** whether each was read */
  readonly read: Uint8Array;
  readonly tokensRead: number;
}

/** Draws on records for all heads. Records are matches and gold unless said otherwise. */
export const foundAt = (
  found: Pick<FoundRecords, "distances"> & Partial<Omit<FoundRecords, "draws">>,
  random: Random,
): FoundRecords => {
  const { distances, similarities, kin, gold, sink = false } = found;
  const each = <T>(value: T): T[] => distances.map(() => value);
  return {
    distances,
    similarities: similarities ?? each(1),
    kin: kin ?? each(0),
    gold: gold ?? each(true),
    sink,
    draws: new Draws(random.normals(1 + distances.length), 0, distances.length),
  };
};

/** Draws of one head that all of its reads share. */
interface HeadDraws {
  /** norm of the query's code */
  readonly length: number;
  /** noise of the records' keys, from the second number on */
  readonly normals: Normals;
  /** number of records whose keys have noise */
  readonly noisy: number;
  readonly records: Draws;
  /** draws on tokens besides the records found */
  readonly random: Random;
}

/** Draws the noise of one head's keys and which records it reads, and with them its weights. */
export function drawHead(seen: HeadReads, found: FoundRecords, random: Random): DrawnHead {
  const { headDim } = seen.crowd;
  const count = found.distances.length;
  const noisy = found.sink ? count - 1 : count;
  // the length of the query's code, the noise of keys, the draws on records, the spread
  const normals = random.normals(3 + noisy + count);
  const length = Math.sqrt(headDim) * (1 + normals.at(0) / Math.sqrt(2 * headDim));
  const draws = { length, normals, noisy, records: new Draws(normals, 1 + noisy, count), random };
  const head = { weights: new Float64Array(count), read: new Uint8Array(count), noise: 0, tokensRead: 0 };
  for (const read of seen.reads) {
    if (read.kind === "fixed") addFixed(head, read, { seen, found, draws });
    else addSoftmax(head, read, { seen, found, draws });
  }
  return head;
}

/** Normal number that says how far the sum over random rows is from its mean. */
const spreadOf = ({ normals, noisy }: HeadDraws, count: number): number => normals.at(2 + noisy + count);

/** Logit of a record found. */
function logitOf(
  { sharpness: g, fidelity: rho }: Crowd,
  draws: HeadDraws,
  similarity: number,
  i: number,
): number {
  const noise = i < draws.noisy ? draws.normals.at(1 + i) : 0;
  return g * (rho * draws.length * similarity + Math.sqrt(1 - rho * rho) * noise);
}

/** Everything that a read of one head is drawn from. */
interface DrawnFrom {
  readonly seen: HeadReads;
  readonly found: FoundRecords;
  readonly draws: HeadDraws;
}

type GrowingHead = { -readonly [K in keyof DrawnHead]: DrawnHead[K] };

/** Adds a softmax over the rows that are read: the records chosen, tokens besides them, and random rows. */
function addSoftmax(head: GrowingHead, read: SoftmaxRead, from: DrawnFrom): void {
  const { seen, found, draws } = from;
  const { crowd, sinkLogit } = seen;
  const count = found.distances.length;
  const besides = readBesides(read, from);
  const sink = sinkLogit === undefined ? 0 : Math.exp(sinkLogit);
  const exps: number[] = [];
  let sure = sink;
  for (let i = 0; i < count; i++) {
    const e = isChosen(read, found, draws.records, i)
      ? Math.exp(logitOf(crowd, draws, found.similarities[i]!, i)) / oddsOf(read, found, i)
      : 0;
    exps.push(e);
    sure += e;
  }
  const { background, others, squares } = fewDecide(read, besides, sure)
    ? drawSums(read, besides.groups, crowd.sharpness, draws.random)
    : expectedSums(read, besides, (deviation) => spreadOf(draws, count) * deviation);
  let sum = others + background + sink;
  for (const e of exps) sum += e;
  let rows = read.rows + besides.rows;
  if (read.hold !== undefined) {
    const held = holding(exps, sum, read.hold);
    rows = rowsFor(held.rest, crowd.sharpness, {
      rows: besides.rows,
      sum: others,
      background,
      all: read.rows,
    });
    sum = held.sum;
  }
  head.tokensRead += rows;
  if (sum === 0) return;
  for (let i = 0; i < count; i++) {
    if (exps[i] === 0) continue;
    head.weights[i]! += (read.gate * exps[i]!) / sum;
    head.read[i] = 1;
    head.tokensRead++;
  }
  head.noise += (read.gate ** 2 * squares) / (sum * sum);
}

/** Adds weights that do not depend on what else is read. */
function addFixed(
  head: GrowingHead,
  { weights, noise, reach, choice, entries = 0 }: FixedRead,
  { seen, found, draws }: DrawnFrom,
): void {
  const { distances, similarities, kin } = found;
  const places = distances.map((distance, i) => ({
    distance,
    kin: kin[i]!,
    offset: offsetOf(choice, found, i),
    order: orderOf(choice, i),
  }));
  weights(places).forEach((weight, i) => {
    const chosen = choice && isChosen(choice, found, draws.records, i);
    if (chosen ?? true) head.weights[i]! += weight * (choice ? 1 : similarities[i]!);
    if (chosen ?? distances[i]! < reach) head.read[i] = 1;
  });
  head.noise += noise ** 2;
  head.tokensRead += Math.min(reach, seen.crowd.tokens) + entries;
}

/**
 * Keeps the largest exponentials that hold a share of the sum, and sets the others to 0.
 *
 * @returns the sum that is read, and the part of it that rows besides the records must hold
 */
function holding(
  exps: number[],
  sum: number,
  share: number,
): { readonly sum: number; readonly rest: number } {
  let held = 0;
  for (const i of [...exps.keys()].sort((a, b) => exps[b]! - exps[a]!))
    if (held >= share * sum) exps[i] = 0;
    else held += exps[i]!;
  const rest = Math.max(0, share * sum - held);
  return { sum: held + rest, rest };
}

/** Number of rows whose exponentials add up to `rest`: other tokens of records first, then the largest random ones. */
function rowsFor(
  rest: number,
  g: number,
  { rows, sum, background, all }: { rows: number; sum: number; background: number; all: number },
): number {
  if (rest <= sum) return rest <= 0 ? 0 : (rows * rest) / sum;
  const part = Math.min(1 - 1e-9, (rest - sum) / background);
  return rows + all * upperTail(g + upperQuantile(part));
}

const shareOf = (choice: RecordChoice, kin: number): Share =>
  (kin === 0 ? undefined : choice.like?.[kin - 1]) ?? choice;

const isRecent = ({ recent }: RecordChoice, distance: number): boolean =>
  recent !== undefined && distance < recent.tokens;

type ChanceChoice = RecordChoice & Pick<SoftmaxRead, "chance">;

/** Whether a read chooses a record found, by the draws of its head or those of all heads. */
function isChosen(choice: ChanceChoice, found: FoundRecords, head: Draws, i: number): boolean {
  const { recent, first, alike = 0 } = choice;
  const { distances, sink } = found;
  if (first && sink && i === distances.length - 1) return true;
  if (isRecent(choice, distances[i]!)) return recent!.read;
  const chance = chanceOf(choice, found, i);
  if (chance >= 1 || chance <= 0) return chance >= 1;
  const draws = choice.shared ? found.draws : head;
  // the part of a draw that counts for nothing is not drawn
  const common = alike === 0 ? 0 : Math.sqrt(alike) * draws.common();
  const own = alike === 1 ? 0 : Math.sqrt(1 - alike) * draws.own(i);
  return upperTail(common + own) < chance;
}

/** Offset of a record in a block. Records in a run have one place. */
const offsetOf = (choice: RecordChoice | undefined, { draws }: FoundRecords, i: number): number =>
  upperTail((choice?.run ?? 1) > 1 ? draws.common() : draws.own(i));

/** Number of a record in a run of records, from 0. */
function orderOf(choice: RecordChoice | undefined, i: number): number {
  const run = choice?.run ?? 1;
  return run - 1 - (i % run);
}

/** Probability that a read chooses a record, at the place where it stands. */
function chanceOf(choice: ChanceChoice, found: FoundRecords, i: number): number {
  if (choice.chance) return choice.chance(found.distances[i]!);
  const { match, offsets } = shareOf(choice, found.kin[i]!);
  return offsets
    ? atPlace(offsets, { offset: offsetOf(choice, found, i), order: orderOf(choice, i) })
    : match;
}

/** Divisor of a row's weight: the probability that it is read, for reads that make up for it; else 1. */
function oddsOf(read: SoftmaxRead, found: FoundRecords, i: number): number {
  const always =
    isRecent(read, found.distances[i]!) || (read.first && found.sink && i === found.distances.length - 1);
  return read.weighed && !always ? chanceOf(read, found, i) : 1;
}

/** Reads of the other tokens of the records found, and of the crowd's kin that are not among them. */
function readBesides(read: SoftmaxRead, { seen, found, draws }: DrawnFrom): NearTokens {
  const { crowd, kin: all } = seen;
  const { fidelity: rho, asking } = crowd;
  const root = Math.sqrt(crowd.coherence);
  const { distances, similarities, kin, sink } = found;
  const total: NearTokens = { rows: 0, sum: 0, squares: 0, groups: [] };
  const near = read.recent?.read ? 1 : 0;
  const inRecords = sink ? distances.length - 1 : distances.length;
  for (let i = 0; i < inRecords; i++) {
    const others = all[kin[i]!]!.recordTokens - 1;
    const share = read.chance ? read.chance(distances[i]!) : shareOf(read, kin[i]!).members;
    const chance = isRecent(read, distances[i]!) ? near : share;
    // whole tokens, because there are few of them
    const rows = drawCount(others, chance, draws.random);
    const odds = read.weighed && chance > 0 ? chance : 1;
    addTokens(total, { rows, share: root * similarities[i]!, odds }, crowd.sharpness, draws.length);
  }
  const add = (rows: number, share: number): void =>
    addTokens(total, { rows, share, odds: 1 }, crowd.sharpness, draws.length);
  if (asking > 0) add(asking * (read.recent ? near : read.members), root);
  for (let k = 1; k < all.length; k++) {
    if (kin.includes(k)) continue;
    const { count, similarity, recordTokens: tokens } = all[k]!;
    const { match, members } = shareOf(read, k);
    add(count * match, rho * similarity);
    add(count * (tokens - 1) * members, root * similarity);
  }
  return total;
}

/**
 * Adds tokens whose keys share the part `share` with the query's code.
 *
 * @param g sharpness, and @param length of the code
 */
function addTokens(
  total: NearTokens,
  { rows, share, odds }: { readonly rows: number; readonly share: number; readonly odds: number },
  g: number,
  length: number,
): void {
  if (rows === 0) return;
  const mean = g * share * length;
  const variance = g * g * (1 - share * share);
  total.rows += rows;
  total.sum += (rows / odds) * Math.exp(mean + variance / 2);
  total.squares += (rows / odds ** 2) * Math.exp(2 * mean + 2 * variance);
  total.groups.push({ keys: rows, mean: mean - Math.log(odds), deviation: Math.sqrt(variance) });
}

/** Number of tokens read: a draw from binomial(tokens, chance), by the Poisson number of those read or of those left. */
function drawCount(tokens: number, chance: number, random: Random): number {
  if (chance <= 0 || chance >= 1) return chance <= 0 ? 0 : tokens;
  return chance < 0.5
    ? Math.min(tokens, random.poisson(tokens * chance))
    : tokens - Math.min(tokens, random.poisson(tokens * (1 - chance)));
}
