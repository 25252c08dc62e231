import type { Crowd } from "../../attention/mean-field/crowd.ts";
import type { FixedRead, SoftmaxRead } from "../../attention/mean-field/reads.ts";
import { upperQuantile, upperTail } from "../../core/normal.ts";
import type { Normals, Random } from "../../core/random.ts";
import { readBesides } from "./besides.ts";
import { isChosen, oddsOf } from "./choice.ts";
import { Draws } from "./found.ts";
import type { FoundRecords } from "./found.ts";
import type { HeadReads } from "./heads.ts";
import { drawSums, expectedSums, fewDecide } from "./row-sums.ts";

/** Draws of one head that all of its reads share. Each is made when it is first asked for. */
class HeadDraws {
  /** draws on tokens besides the records found */
  readonly random: Random;
  readonly #normals: Normals;
  readonly #headDim: number;
  readonly #noisy: number;
  readonly #count: number;
  #length: number | undefined;
  #records: Draws | undefined;

  constructor(headDim: number, { count, noisy }: FoundRecords, random: Random) {
    // the length of the query's code, the noise of keys, the draws on records, the spread
    this.#normals = random.normals(3 + noisy + count);
    this.random = random;
    this.#headDim = headDim;
    this.#noisy = noisy;
    this.#count = count;
  }

  /** Norm of the query's code. */
  get length(): number {
    const d = this.#headDim;
    return (this.#length ??= Math.sqrt(d) * (1 + this.#normals.at(0) / Math.sqrt(2 * d)));
  }

  /** Noise of a record's key. */
  noise(i: number): number {
    return i < this.#noisy ? this.#normals.at(1 + i) : 0;
  }

  /** Draws that decide which records are read. */
  get records(): Draws {
    return (this.#records ??= new Draws(this.#normals, 1 + this.#noisy));
  }

  /** Normal number that says how far the sum over random rows is from its mean. */
  spread(): number {
    return this.#normals.at(2 + this.#noisy + this.#count);
  }
}

/** Attention of one head, as it was drawn. */
class DrawnHead {
  /** weight of each record found */
  readonly weights: number[];
  /** whether each was read */
  readonly read: boolean[];
  /** variance that everything else adds to each coordinate of the output */
  noise = 0;
  tokensRead = 0;

  /** @param count records */
  constructor(count: number) {
    this.weights = Array<number>(count).fill(0);
    this.read = Array<boolean>(count).fill(false);
  }
}

/** Draws the noise of one head's keys and which records it reads, and with them its weights. */
export function drawHead(seen: HeadReads, found: FoundRecords, random: Random): DrawnHead {
  const draws = new HeadDraws(seen.crowd.headDim, found, random);
  const head = new DrawnHead(found.count);
  for (const read of seen.reads) {
    if (read.kind === "fixed") addFixed(head, read, { seen, found, draws });
    else addSoftmax(head, read, { seen, found, draws });
  }
  return head;
}

/** Logit of a record found. */
function logitOf(
  { sharpness: g, fidelity: rho }: Crowd,
  draws: HeadDraws,
  similarity: number,
  i: number,
): number {
  return g * (rho * draws.length * similarity + Math.sqrt(1 - rho * rho) * draws.noise(i));
}

/** Everything that a read of one head is drawn from. */
interface DrawnFrom {
  readonly seen: HeadReads;
  readonly found: FoundRecords;
  readonly draws: HeadDraws;
}

/** Adds a softmax over the rows that are read: the records chosen, tokens besides them, and random rows. */
function addSoftmax(head: DrawnHead, read: SoftmaxRead, { seen, found, draws }: DrawnFrom): void {
  const { crowd, sinkLogit } = seen;
  const { count } = found;
  const besides = readBesides(read, seen, found, draws);
  const sink = sinkLogit === undefined ? 0 : Math.exp(sinkLogit);
  const exps: number[] = [];
  let sure = sink;
  for (let i = 0; i < count; i++) {
    const e = isChosen(read, found, draws, i)
      ? Math.exp(logitOf(crowd, draws, found.similarities[i]!, i)) / oddsOf(read, found, i)
      : 0;
    exps.push(e);
    sure += e;
  }
  const { background, others, squares } = fewDecide(read, besides, sure)
    ? drawSums(read, besides.groups(), crowd.sharpness, draws.random)
    : expectedSums(read, besides, draws);
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
    head.read[i] = true;
    head.tokensRead++;
  }
  head.noise += (read.gate ** 2 * squares) / (sum * sum);
}

/** Adds weights that do not depend on what else is read. */
function addFixed(head: DrawnHead, read: FixedRead, { seen, found, draws }: DrawnFrom): void {
  const { noise, reach, choice, entries = 0 } = read;
  const { distances, similarities } = found;
  found.weightsOf(read).forEach((weight, i) => {
    const chosen = choice && isChosen(choice, found, draws, i);
    if (chosen ?? true) head.weights[i]! += weight * (choice ? 1 : similarities[i]!);
    if (chosen ?? distances[i]! < reach) head.read[i] = true;
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
