/**
 * Seeded randomness. A stream has a name and is passed as an argument: `random.fork("distractors")`.
 *
 * The generator is Philox 4x32-10, counter-based: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3",
 * https://doi.org/10.1145/2063384.2063405. A stream is its key; the n-th draw is the n-th counter.
 */

/** Two 32-bit words that name a stream. */
export type StreamKey = readonly [number, number];

/** Both words of a hash before they are mixed: a longer text goes on from them. */
type HashState = StreamKey;

const emptyHash: HashState = [0xdeadbeef | 0, 0x41c6ce57];

/** The state after more of a text. */
function hashOn([from, beside]: HashState, text: string): HashState {
  let a = from;
  let b = beside;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  return [a, b];
}

function mixed([first, second]: HashState): StreamKey {
  let a = first;
  let b = second;
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return [a >>> 0, b >>> 0];
}

/** 64-bit hash of a text (cyrb53's mixing, public domain, both words kept). */
export const hash64 = (text: string): StreamKey => mixed(hashOn(emptyHash, text));

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the 64-bit product of two unsigned 32-bit numbers, as a signed number. */
function mulHigh(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  // products of halves and their sums fit in 32 bits
  const mid = (Math.imul(ah, bl) + (Math.imul(al, bl) >>> 16)) | 0;
  const low = (Math.imul(al, bh) + (mid & 0xffff)) | 0;
  return (Math.imul(ah, bh) + (mid >>> 16) + (low >>> 16)) | 0;
}

/** Ten rounds of Philox 4x32 on a counter of four words; writes four uniform 32-bit words to `out`. */
export function philox(counter: ArrayLike<number>, key: StreamKey, out: Uint32Array | Int32Array): void {
  // signed words are integers to the engine, where unsigned ones may be floating-point numbers
  let c0 = counter[0]! | 0;
  let c1 = counter[1]! | 0;
  let c2 = counter[2]! | 0;
  let c3 = counter[3]! | 0;
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, c0);
    const low0 = Math.imul(M0, c0);
    const high1 = mulHigh(M1, c2);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Counter and words of the block that was drawn last, with its stream and its number. */
const counter = new Int32Array(4);
const words = new Int32Array(4);
let drawnKey: StreamKey | undefined;
let drawnBlock = -1;

/** Draws the block of a stream with this number into `words`. */
function drawBlock(key: StreamKey, block: number): void {
  if (block === drawnBlock && key === drawnKey) return;
  drawnKey = key;
  drawnBlock = block;
  counter[0] = block;
  counter[1] = Math.floor(block / 2 ** 32);
  philox(counter, key, words);
}

/** Number in [0, 1) of two words, 53 bits. */
const uniformOf = (first: number, second: number): number =>
  ((first >>> 5) * 67108864 + (second >>> 6)) / 9007199254740992;

/** Standard normal number of two uniform ones, by Box and Muller. */
const normalOf = (first: number, second: number): number =>
  Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);

/** Standard normal number of the four words of a block. */
function normalOfBlock(key: StreamKey, block: number): number {
  drawBlock(key, block);
  return normalOf(uniformOf(words[3]!, words[2]!), uniformOf(words[1]!, words[0]!));
}

/** Word of a stream, by its place. Those of a block are drawn from the last to the first. */
function wordAt(key: StreamKey, place: number): number {
  const drawn = place % 4;
  drawBlock(key, (place - drawn) / 4);
  return words[3 - drawn]!;
}

/** Standard normal numbers that follow one another in a stream. Each is computed whenever it is asked for. */
export class Normals {
  readonly #key: StreamKey;
  readonly #from: number;

  /** @param from place of their first word in the stream */
  constructor(key: StreamKey, from: number) {
    this.#key = key;
    this.#from = from;
  }

  at(i: number): number {
    const place = this.#from + 4 * i;
    if (place % 4 === 0) return normalOfBlock(this.#key, place / 4);
    const first = uniformOf(wordAt(this.#key, place), wordAt(this.#key, place + 1));
    return normalOf(first, uniformOf(wordAt(this.#key, place + 2), wordAt(this.#key, place + 3)));
  }
}

/** A stream of random numbers that can be forked by name. */
export class Random {
  readonly key: StreamKey;
  readonly #name: HashState;
  /** the next block to draw */
  #block = 0;
  /** words of the block before it that are left */
  #left = 0;
  /** the block whose last three words, from its first on, are kept here */
  #kept = -1;
  #word0 = 0;
  #word1 = 0;
  #word2 = 0;

  /** @param path the name of the stream: the seed, then the names of its forks */
  constructor(path: string | number | HashState) {
    this.#name = typeof path === "object" ? path : hashOn(emptyHash, String(path));
    this.key = mixed(this.#name);
  }

  /** An independent stream. It depends on its name alone, not on earlier draws. */
  fork(name: string | number): Random {
    return new Random(hashOn(this.#name, `/${name}`));
  }

  /** Uniform 32-bit word. */
  word(): number {
    return this.#word() >>> 0;
  }

  /** The next word, as a signed number. */
  #word(): number {
    if (this.#left === 0) return this.#nextBlock();
    this.#keep();
    this.#left--;
    return this.#left === 2 ? this.#word2 : this.#left === 1 ? this.#word1 : this.#word0;
  }

  /** Draws the next block of four words. @returns the last of them */
  #nextBlock(): number {
    this.#block++;
    this.#left = 3;
    this.#keep();
    return words[3]!;
  }

  /** Keeps the words that are left of the block before the next, which other streams would draw over. */
  #keep(): void {
    const block = this.#block - 1;
    if (this.#kept === block) return;
    drawBlock(this.key, block);
    this.#kept = block;
    this.#word0 = words[0]!;
    this.#word1 = words[1]!;
    this.#word2 = words[2]!;
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return uniformOf(this.#word(), this.#word());
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    if (this.#left === 0) return normalOfBlock(this.key, this.#block++);
    return normalOf(this.uniform(), this.uniform());
  }

  /** The next `count` standard normal numbers, as `normal` would draw them. Those that nobody asks for cost nothing. */
  normals(count: number): Normals {
    const drawn = new Normals(this.key, 4 * this.#block - this.#left);
    this.#block += count;
    return drawn;
  }

  /** Number of rare events, of which `mean` are expected: Poisson; normal for a mean above 30. */
  poisson(mean: number): number {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    let [count, product] = [0, this.uniform()];
    for (const end = Math.exp(-mean); product > end; count++) product *= this.uniform();
    return count;
  }

  /** Uniform integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }
}
