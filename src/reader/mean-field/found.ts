import type { FixedRead, FoundAt, RecordChoice } from "../../attention/mean-field/reads.ts";
import { upperTail } from "../../core/normal.ts";
import type { Normals, Random } from "../../core/random.ts";

/** Normal numbers that decide which records are read: one for all records, and one for each. */
export class Draws {
  readonly #normals: Normals;
  readonly #first: number;
  readonly #own: number[] = [];
  #common: number | undefined;

  /** @param first of the normal numbers of a stream */
  constructor(normals: Normals, first: number) {
    this.#normals = normals;
    this.#first = first;
  }

  common(): number {
    return (this.#common ??= this.#normals.at(this.#first));
  }

  own(i: number): number {
    for (let k = this.#own.length; k <= i; k++) this.#own.push(this.#normals.at(this.#first + 1 + k));
    return this.#own[i]!;
  }
}

/** Records that a query may find, from the nearest to the farthest. */
interface Records {
  /** tokens back from the query */
  readonly distances: readonly number[];
  /** correlation of the code of each record's key with the query's; default: 1 */
  readonly similarities?: readonly number[];
  /** kin of the crowd that each belongs to; default: 0, the matches */
  readonly kin?: readonly number[];
  /** whether each is a record that the query should read; default: true */
  readonly gold?: readonly boolean[];
  /** whether the last of them is the first token, whose key is its code without noise; default: false */
  readonly sink?: boolean;
}

/** Makes arrays of one value, by their length. Each is made once. */
function repeats<T>(value: T): (count: number) => readonly T[] {
  const known: (readonly T[])[] = [];
  return (count) => (known[count] ??= Array<T>(count).fill(value));
}

const [ones, zeros, trues] = [repeats(1), repeats(0), repeats(true)];

/** Records that a query may find, and the draws on them that all heads share. */
export class FoundRecords implements Required<Records> {
  readonly distances: readonly number[];
  readonly similarities: readonly number[];
  readonly kin: readonly number[];
  readonly gold: readonly boolean[];
  readonly sink: boolean;
  /** number of records, and of those whose keys have noise */
  readonly count: number;
  readonly noisy: number;
  readonly draws: Draws;
  #read: FixedRead | undefined;
  #weights: readonly number[] = [];

  constructor({ distances, similarities, kin, gold, sink = false }: Records, random: Random) {
    const count = distances.length;
    this.distances = distances;
    this.similarities = similarities ?? ones(count);
    this.kin = kin ?? zeros(count);
    this.gold = gold ?? trues(count);
    this.sink = sink;
    this.count = count;
    this.noisy = sink ? count - 1 : count;
    this.draws = new Draws(random.normals(1 + count), 0);
  }

  /** Whether a record is the first token. */
  isSink(i: number): boolean {
    return this.sink && i === this.count - 1;
  }

  /** Weights that a read gives the records. They are the same in all heads: those of the last read are kept. */
  weightsOf(read: FixedRead): readonly number[] {
    if (read === this.#read) return this.#weights;
    this.#read = read;
    this.#weights = read.weights(this.distances.map((_, i) => new FoundPlace(this, i, read.choice)));
    return this.#weights;
  }

  /** Offset of a record in a block. Records in a run have one place. */
  offsetOf(i: number, choice?: RecordChoice): number {
    return upperTail((choice?.run ?? 1) > 1 ? this.draws.common() : this.draws.own(i));
  }
}

/** Number of a record in a run of records, from 0. */
export function orderOf(i: number, choice?: RecordChoice): number {
  const run = choice?.run ?? 1;
  return run - 1 - (i % run);
}

/** Place of a record. Its offset is drawn when it is asked for. */
class FoundPlace implements FoundAt {
  readonly distance: number;
  readonly kin: number;
  readonly order: number;
  readonly #found: FoundRecords;
  readonly #i: number;
  readonly #choice: RecordChoice | undefined;

  constructor(found: FoundRecords, i: number, choice: RecordChoice | undefined) {
    this.distance = found.distances[i]!;
    this.kin = found.kin[i]!;
    this.order = orderOf(i, choice);
    this.#found = found;
    this.#i = i;
    this.#choice = choice;
  }

  get offset(): number {
    return this.#found.offsetOf(this.#i, this.#choice);
  }
}
