import { kinOf } from "../../attention/mean-field/crowd.ts";
import type { Crowd } from "../../attention/mean-field/crowd.ts";
import { atPlace } from "../../attention/mean-field/reads.ts";
import type { FixedRead, RecordChoice, Share, SoftmaxRead } from "../../attention/mean-field/reads.ts";
import { upperQuantile, upperTail } from "../../core/normal.ts";
import type { Random } from "../../core/random.ts";
import type { HeadReads } from "./heads.ts";

/** Normal numbers that decide which records are read: one for all records, and one for each. */
interface Draws {
  readonly common: number;
  readonly own: readonly number[];
}

/** Records that a query may find, from the nearest to the farthest, and the draws on them that all heads share. */
export interface FoundRecords extends Draws {
  /** tokens back from the query */
  readonly distances: readonly number[];
  /** correlation of the code of each record's key with the query's */
  readonly similarities: readonly number[];
  /** kin of the crowd that each belongs to: 0 for matches */
  readonly kin: readonly number[];
  /** whether each is a record that the query should read */
  readonly gold: readonly boolean[];
  /** whether the last of them is the first token, whose key is its code without noise */
  readonly sink?: boolean;
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
  found: Pick<FoundRecords, "distances"> & Partial<FoundRecords>,
  random: Random,
): FoundRecords => {
  const each = <T>(value: T): T[] => found.distances.map(() => value);
  return {
    similarities: each(1),
    kin: each(0),
    gold: each(true),
    ...found,
    common: random.normal(),
    own: found.distances.map(() => random.normal()),
  };
};

/** Draws of one head that all of its reads share. */
interface HeadDraws extends Draws {
  /** norm of the query's code */
  readonly length: number;
  /** logit of each record found */
  readonly logits: readonly number[];
  /** normal number that says how far the sum over random rows is from its mean */
  readonly spread: number;
  /** draws on tokens besides the records found */
  readonly random: Random;
}

/** Draws the noise of one head's keys and which records it reads, and with them its weights. */
export function drawHead(
  { crowd, reads, sinkLogit }: HeadReads,
  found: FoundRecords,
  random: Random,
): DrawnHead {
  const { sharpness: g, fidelity: rho, headDim } = crowd;
  const { distances, similarities, sink = false } = found;
  const count = distances.length;
  const length = Math.sqrt(headDim) * (1 + random.normal() / Math.sqrt(2 * headDim));
  const draws: HeadDraws = {
    length,
    logits: similarities.map((similarity, i) => {
      const noise = sink && i === count - 1 ? 0 : random.normal();
      return g * (rho * length * similarity + Math.sqrt(1 - rho * rho) * noise);
    }),
    common: random.normal(),
    own: distances.map(() => random.normal()),
    spread: random.normal(),
    random,
  };
  const head = { weights: new Float64Array(count), read: new Uint8Array(count), noise: 0, tokensRead: 0 };
  for (const read of reads) {
    if (read.kind === "fixed") addFixed(head, read, { crowd, found, draws });
    else addSoftmax(head, read, { crowd, found, draws, sinkLogit });
  }
  return head;
}

/** Everything that a read of one head is drawn from. */
interface DrawnFrom {
  readonly crowd: Crowd;
  readonly found: FoundRecords;
  readonly draws: HeadDraws;
  readonly sinkLogit?: number | undefined;
}

type GrowingHead = { -readonly [K in keyof DrawnHead]: DrawnHead[K] };

/** Adds a softmax over the rows that are read: the records chosen, tokens besides them, and random rows. */
function addSoftmax(head: GrowingHead, read: SoftmaxRead, from: DrawnFrom): void {
  const { crowd, found, draws, sinkLogit } = from;
  const chosen = choiceOf(read, found, draws);
  const besides = readBesides(read, from);
  const background = Math.max(0, read.leak + draws.spread * deviation(read));
  let sum = besides.sum + background + (sinkLogit === undefined ? 0 : Math.exp(sinkLogit));
  const exps = draws.logits.map((logit, i) => (chosen(i) ? Math.exp(logit) / oddsOf(read, found, i) : 0));
  for (const e of exps) sum += e;
  let rows = read.rows + besides.rows;
  if (read.hold !== undefined) {
    const held = holding(exps, sum, read.hold);
    rows = rowsFor(held.rest, crowd.sharpness, { ...besides, background, all: read.rows });
    sum = held.sum;
  }
  head.tokensRead += rows;
  if (sum === 0) return;
  exps.forEach((e, i) => {
    if (e === 0) return;
    head.weights[i]! += (read.gate * e) / sum;
    head.read[i] = 1;
    head.tokensRead++;
  });
  head.noise += (read.gate ** 2 * (read.squares + besides.squares)) / (sum * sum);
}

/** Adds weights that do not depend on what else is read. */
function addFixed(
  head: GrowingHead,
  { weights, noise, reach, choice, entries = 0 }: FixedRead,
  { crowd, found, draws }: DrawnFrom,
): void {
  const { distances, similarities, kin } = found;
  const chosen = choice ? choiceOf(choice, found, draws) : undefined;
  const places = distances.map((distance, i) => ({ distance, kin: kin[i]!, ...placeOf(choice, found, i) }));
  weights(places).forEach((weight, i) => {
    if (chosen?.(i) ?? true) head.weights[i]! += weight * (choice ? 1 : similarities[i]!);
    if (chosen?.(i) ?? distances[i]! < reach) head.read[i] = 1;
  });
  head.noise += noise ** 2;
  head.tokensRead += Math.min(reach, crowd.tokens) + entries;
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

/** Whether a read chooses each of the records found, by the draws of its head or those of all heads. */
function choiceOf(choice: ChanceChoice, found: FoundRecords, head: Draws): (i: number) => boolean {
  const { recent, first, alike = 0 } = choice;
  const { distances, sink } = found;
  const { common, own } = choice.shared ? found : head;
  return (i) => {
    if (first && sink && i === distances.length - 1) return true;
    if (isRecent(choice, distances[i]!)) return recent!.read;
    const chance = chanceOf(choice, found, i);
    if (chance >= 1 || chance <= 0) return chance >= 1;
    return upperTail(Math.sqrt(alike) * common + Math.sqrt(1 - alike) * own[i]!) < chance;
  };
}

/** Place of a record: its offset in a block, and its number in a run of records, from 0. */
function placeOf(
  choice: RecordChoice | undefined,
  { common, own }: FoundRecords,
  i: number,
): { readonly offset: number; readonly order: number } {
  const run = choice?.run ?? 1;
  // records in a run have one place
  return { offset: upperTail(run > 1 ? common : own[i]!), order: run - 1 - (i % run) };
}

/** Probability that a read chooses a record, at the place where it stands. */
function chanceOf(choice: ChanceChoice, found: FoundRecords, i: number): number {
  if (choice.chance) return choice.chance(found.distances[i]!);
  const { match, offsets } = shareOf(choice, found.kin[i]!);
  return offsets ? atPlace(offsets, placeOf(choice, found, i)) : match;
}

/** Divisor of a row's weight: the probability that it is read, for reads that make up for it; else 1. */
function oddsOf(read: SoftmaxRead, found: FoundRecords, i: number): number {
  const always =
    isRecent(read, found.distances[i]!) || (read.first && found.sink && i === found.distances.length - 1);
  return read.weighed && !always ? chanceOf(read, found, i) : 1;
}

/** Sums over rows that are read besides the records found. */
interface Besides {
  rows: number;
  /** of exp(logit) */
  sum: number;
  /** of exp(2 logit) */
  squares: number;
}

/** Reads of the other tokens of the records found, and of the crowd's kin that are not among them. */
function readBesides(read: SoftmaxRead, { crowd, found, draws }: DrawnFrom): Besides {
  const { sharpness: g, fidelity: rho, coherence: c, asking } = crowd;
  const { distances, similarities, kin, sink = false } = found;
  const total = { rows: 0, sum: 0, squares: 0 };
  /** Adds tokens whose keys share `share` with the query's code. */
  const add = (rows: number, share: number, odds = 1): void => {
    if (rows === 0) return;
    const [mean, variance] = [g * share * draws.length, g * g * (1 - share * share)];
    total.rows += rows;
    total.sum += (rows / odds) * Math.exp(mean + variance / 2);
    total.squares += (rows / odds ** 2) * Math.exp(2 * mean + 2 * variance);
  };
  const near = read.recent?.read ? 1 : 0;
  const all = kinOf(crowd);
  distances.forEach((distance, i) => {
    if (sink && i === distances.length - 1) return;
    const others = all[kin[i]!]!.recordTokens - 1;
    const share = read.chance ? read.chance(distance) : shareOf(read, kin[i]!).members;
    const chance = isRecent(read, distance) ? near : share;
    // whole tokens, because there are few of them
    add(
      drawCount(others, chance, draws.random),
      Math.sqrt(c) * similarities[i]!,
      read.weighed && chance > 0 ? chance : 1,
    );
  });
  if (asking > 0) add(asking * (read.recent ? near : read.members), Math.sqrt(c));
  const drawnKin = new Set([0, ...kin]);
  all.forEach(({ count, similarity, recordTokens: tokens }, k) => {
    if (drawnKin.has(k)) return;
    const { match, members } = shareOf(read, k);
    add(count * match, rho * similarity);
    add(count * (tokens - 1) * members, Math.sqrt(c) * similarity);
  });
  return total;
}

/** Number of tokens read: a draw from binomial(tokens, chance), by the Poisson number of those read or of those left. */
function drawCount(tokens: number, chance: number, random: Random): number {
  if (chance <= 0 || chance >= 1) return chance <= 0 ? 0 : tokens;
  return chance < 0.5
    ? Math.min(tokens, random.poisson(tokens * chance))
    : tokens - Math.min(tokens, random.poisson(tokens * (1 - chance)));
}

/** Standard deviation of the sum of exp(logit) over a read's random rows. */
const deviation = ({ rows, leak, squares }: SoftmaxRead): number =>
  rows === 0 ? 0 : Math.sqrt(Math.max(0, squares - (leak * leak) / rows));
