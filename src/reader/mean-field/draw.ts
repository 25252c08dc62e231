import { kinOf } from "../../attention/mean-field/crowd.ts";
import type { Crowd } from "../../attention/mean-field/crowd.ts";
import { atPlace } from "../../attention/mean-field/reads.ts";
import type { RecordChoice, FixedRead, Share, SoftmaxRead } from "../../attention/mean-field/reads.ts";
import { upperQuantile, upperTail } from "../../core/normal.ts";
import type { Random } from "../../core/random.ts";
import type { HeadTheory } from "./readings.ts";

/** Normal numbers that decide what is read: one for all records, one for each. */
interface Draws {
  readonly common: number;
  readonly own: readonly number[];
}

/** Records that a query may find, from the nearest to the farthest; and what decides on them in all heads together. */
export interface Found extends Draws {
  /** tokens back from the query */
  readonly distances: readonly number[];
  /** correlation of the code of each one's key with the query's */
  readonly similarities: readonly number[];
  /** which of the crowd's kin each belongs to: 0 for matches */
  readonly kin: readonly number[];
  /** whether each is what the query should read */
  readonly gold: readonly boolean[];
  /** the last of them is the first token, whose key is its code without noise */
  readonly sink?: boolean;
}

/** A drawn outcome of attention in one head. */
export interface DrawnHead {
  /** weight of each record found */
  readonly weights: Float64Array;
  /** variance that everything else adds to each coordinate of the output */
  readonly noise: number;
  /** whether each was read */
  readonly read: Uint8Array;
  readonly tokensRead: number;
}

/** What is found, with the draws that heads share. */
export const foundAt = (found: Pick<Found, "distances"> & Partial<Found>, random: Random): Found => {
  const each = <T>(value: T): T[] => found.distances.map(() => value);
  return {
    ...{ similarities: each(1), kin: each(0), gold: each(true) },
    ...found,
    common: random.normal(),
    own: found.distances.map(() => random.normal()),
  };
};

/** Draws the noise of the keys and of what is read, and with them the weights of one head. */
export function drawHead(
  { crowd, readings, sinkLogit }: HeadTheory,
  found: Found,
  random: Random,
): DrawnHead {
  const { sharpness: g, fidelity: rho, headDim } = crowd;
  const { distances, similarities, sink = false } = found;
  const count = distances.length;
  const length = Math.sqrt(headDim) * (1 + random.normal() / Math.sqrt(2 * headDim));
  const logits = similarities.map((similarity, i) => {
    const noise = sink && i === count - 1 ? 0 : random.normal();
    return g * (rho * length * similarity + Math.sqrt(1 - rho * rho) * noise);
  });
  const head = { common: random.normal(), own: distances.map(() => random.normal()) };
  const spread = random.normal();
  const drawn = { weights: new Float64Array(count), read: new Uint8Array(count), noise: 0, tokensRead: 0 };
  for (const reading of readings)
    if (reading.kind === "fixed") addFixed(drawn, reading, found, head, crowd.tokens);
    else {
      const chosen = chooses(reading, found, head);
      const beside = besides(crowd, found, reading, length, random);
      const background = Math.max(0, reading.leak + spread * deviation(reading));
      let sum = beside.sum + background + (sinkLogit === undefined ? 0 : Math.exp(sinkLogit));
      const exps = logits.map((logit, i) => (chosen(i) ? Math.exp(logit) / oddsOf(reading, found, i) : 0));
      for (const e of exps) sum += e;
      let rows = reading.rows + beside.rows;
      if (reading.hold !== undefined) {
        const held = holding(exps, sum, reading.hold);
        rows = rowsFor(held.rest, g, { ...beside, background, all: reading.rows });
        sum = held.sum;
      }
      drawn.tokensRead += rows;
      if (sum === 0) continue;
      exps.forEach((e, i) => {
        if (e === 0) return;
        drawn.weights[i]! += (reading.gate * e) / sum;
        drawn.read[i] = 1;
        drawn.tokensRead++;
      });
      drawn.noise += (reading.gate ** 2 * (reading.squares + beside.squares)) / (sum * sum);
    }
  return drawn;
}

/**
 * Leaves the largest that hold a share of the sum.
 *
 * @returns what is read in all, and what part of it other rows must hold
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

/** Rows whose exponentials hold so much: of records' other tokens, then the largest of random ones. */
function rowsFor(
  rest: number,
  g: number,
  { rows, sum, background, all }: { rows: number; sum: number; background: number; all: number },
): number {
  if (rest <= sum) return rest <= 0 ? 0 : (rows * rest) / sum;
  const part = Math.min(1 - 1e-9, (rest - sum) / background);
  return rows + all * upperTail(g + upperQuantile(part));
}

function addFixed(
  drawn: { weights: Float64Array; read: Uint8Array; noise: number; tokensRead: number },
  { weights, noise, reach, choice, entries = 0 }: FixedRead,
  found: Found,
  head: Draws,
  tokens: number,
): void {
  const { distances, similarities, kin } = found;
  const chosen = choice ? chooses(choice, found, head) : undefined;
  const places = distances.map((distance, i) => ({ distance, kin: kin[i]!, ...placeOf(choice, found, i) }));
  weights(places).forEach((weight, i) => {
    if (chosen?.(i) ?? true) drawn.weights[i]! += weight * (choice ? 1 : similarities[i]!);
    if (chosen?.(i) ?? distances[i]! < reach) drawn.read[i] = 1;
  });
  drawn.noise += noise ** 2;
  drawn.tokensRead += Math.min(reach, tokens) + entries;
}

const shareOf = (reading: RecordChoice, kin: number): Share =>
  (kin === 0 ? undefined : reading.like?.[kin - 1]) ?? reading;

const isRecent = ({ recent }: RecordChoice, distance: number): boolean =>
  recent !== undefined && distance < recent.tokens;

/** Whether a reading chooses each of what is found. @param head what this head alone draws */
function chooses(
  reading: RecordChoice & Pick<SoftmaxRead, "chance">,
  found: Found,
  head: Draws,
): (i: number) => boolean {
  const { recent, first, alike = 0 } = reading;
  const { distances, sink } = found;
  const { common, own } = reading.shared ? found : head;
  return (i) => {
    if (first && sink && i === distances.length - 1) return true;
    if (isRecent(reading, distances[i]!)) return recent!.read;
    const match = chanceOf(reading, found, i);
    if (match >= 1 || match <= 0) return match >= 1;
    return upperTail(Math.sqrt(alike) * common + Math.sqrt(1 - alike) * own[i]!) < match;
  };
}

/** Where one of what is found stands: in a block, and in a row of records, the first of which is 0. */
function placeOf(
  choice: RecordChoice | undefined,
  { common, own }: Found,
  i: number,
): { readonly offset: number; readonly order: number } {
  const run = choice?.run ?? 1;
  // records in a row have one place
  return { offset: upperTail(run > 1 ? common : own[i]!), order: run - 1 - (i % run) };
}

/** Probability that a reading chooses one of what is found, where it stands. */
function chanceOf(reading: RecordChoice & Pick<SoftmaxRead, "chance">, found: Found, i: number): number {
  if (reading.chance) return reading.chance(found.distances[i]!);
  const { match, offsets } = shareOf(reading, found.kin[i]!);
  return offsets ? atPlace(offsets, placeOf(reading, found, i)) : match;
}

/** What a row's weight is divided by: the probability that it is read, where that is made up for. */
function oddsOf(reading: SoftmaxRead, found: Found, i: number): number {
  const always =
    isRecent(reading, found.distances[i]!) ||
    (reading.first && found.sink && i === found.distances.length - 1);
  return reading.weighed && !always ? chanceOf(reading, found, i) : 1;
}

/** What is read of the other tokens of records found, and of the crowd's other kin: rows, sums of exp and of its square. */
function besides(
  crowd: Crowd,
  { distances, similarities, kin, sink = false }: Found,
  reading: SoftmaxRead,
  length: number,
  random: Random,
): { rows: number; sum: number; squares: number } {
  const { sharpness: g, fidelity: rho, coherence: c, asking } = crowd;
  const total = { rows: 0, sum: 0, squares: 0 };
  /** tokens whose keys share so much with the query's code */
  const add = (rows: number, share: number, odds = 1): void => {
    if (rows === 0) return;
    const [mean, variance] = [g * share * length, g * g * (1 - share * share)];
    total.rows += rows;
    total.sum += (rows / odds) * Math.exp(mean + variance / 2);
    total.squares += (rows / odds ** 2) * Math.exp(2 * mean + 2 * variance);
  };
  const near = reading.recent?.read ? 1 : 0;
  const all = kinOf(crowd);
  distances.forEach((distance, i) => {
    if (sink && i === distances.length - 1) return;
    const others = all[kin[i]!]!.recordTokens - 1;
    const share = reading.chance ? reading.chance(distance) : shareOf(reading, kin[i]!).members;
    const read = isRecent(reading, distance) ? near : share;
    // few of them are read or none, not a part of one
    add(
      someOf(others, read, random),
      Math.sqrt(c) * similarities[i]!,
      reading.weighed && read > 0 ? read : 1,
    );
  });
  if (asking > 0) add(asking * (reading.recent ? near : reading.members), Math.sqrt(c));
  const drawnKin = new Set([0, ...kin]);
  all.forEach(({ count, similarity, recordTokens: tokens }, k) => {
    if (drawnKin.has(k)) return;
    const { match, members } = shareOf(reading, k);
    add(count * match, rho * similarity);
    add(count * (tokens - 1) * members, Math.sqrt(c) * similarity);
  });
  return total;
}

/** How many of so many tokens are read, each with this probability: whole tokens, where few are read or left. */
function someOf(tokens: number, read: number, random: Random): number {
  if (read <= 0 || read >= 1) return read <= 0 ? 0 : tokens;
  return read < 0.5
    ? Math.min(tokens, random.poisson(tokens * read))
    : tokens - Math.min(tokens, random.poisson(tokens * (1 - read)));
}

/** Standard deviation of the sum of exp(logit) over a reading's other rows. */
const deviation = ({ rows, leak, squares }: SoftmaxRead): number =>
  rows === 0 ? 0 : Math.sqrt(Math.max(0, squares - (leak * leak) / rows));
