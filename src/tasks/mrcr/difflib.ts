/**
 * Python's difflib.SequenceMatcher, exactly, for texts: `SequenceMatcher(None, a, b).ratio()`.
 *
 * CPython, Lib/difflib.py. Elements are code points, as in Python. Where b has n >= 200 elements, "autojunk" leaves those
 * that occur more than floor(n / 100) + 1 times out of the index, so that they extend matches but never begin one.
 */

/** A run of equal elements: a[a ... a + size) is b[b ... b + size). */
interface MatchingBlock {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

interface MatcherOptions {
  /** leave popular elements of b out of the index (Python's default) */
  readonly autojunk?: boolean;
}

const codePoints = (text: string): Int32Array =>
  Int32Array.from(Array.from(text), (point) => point.codePointAt(0)!);

/** Places of each element in b, ascending, without the popular elements. */
function indexOf(b: Int32Array, autojunk: boolean): Map<number, number[]> {
  const positions = new Map<number, number[]>();
  for (let j = 0; j < b.length; j++) {
    const list = positions.get(b[j]!);
    if (list === undefined) positions.set(b[j]!, [j]);
    else list.push(j);
  }
  if (autojunk && b.length >= 200) {
    const popular = Math.floor(b.length / 100) + 1;
    for (const [point, list] of positions) if (list.length > popular) positions.delete(point);
  }
  return positions;
}

/** First place in an ascending list whose value is not below `least`. */
function firstFrom(list: readonly number[], least: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Forgets the lengths of matches that end at the given places in [blo, bhi). */
function erase(lengths: Int32Array, places: readonly number[], blo: number, bhi: number): void {
  for (let at = firstFrom(places, blo); at < places.length && places[at]! < bhi; at++)
    lengths[places[at]! + 1] = 0;
}

class Matcher {
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  /** places in b of each element of a */
  readonly #found: readonly (readonly number[])[];
  /** length of the longest match that ends at (row, j), of two neighbouring rows; at j + 1 */
  #previous: Int32Array;
  #current: Int32Array;

  constructor(a: Int32Array, b: Int32Array, autojunk: boolean) {
    const index = indexOf(b, autojunk);
    const none: readonly number[] = [];
    this.#a = a;
    this.#b = b;
    this.#found = Array.from(a, (point) => index.get(point) ?? none);
    this.#previous = new Int32Array(b.length + 1);
    this.#current = new Int32Array(b.length + 1);
  }

  /** The longest match in a[alo, ahi) and b[blo, bhi): of the longest the first in a, of those the first in b. */
  longest(alo: number, ahi: number, blo: number, bhi: number): MatchingBlock {
    const [a, b, found] = [this.#a, this.#b, this.#found];
    let [previous, current] = [this.#previous, this.#current];
    let [besti, bestj] = [alo, blo];
    let size = 0;
    for (let i = alo; i < ahi; i++) {
      const positions = found[i]!;
      for (let at = firstFrom(positions, blo); at < positions.length && positions[at]! < bhi; at++) {
        const j = positions[at]!;
        const length = previous[j]! + 1;
        current[j + 1] = length;
        if (length > size) [besti, bestj, size] = [i - length + 1, j - length + 1, length];
      }
      if (i > alo) erase(previous, found[i - 1]!, blo, bhi);
      [previous, current] = [current, previous];
    }
    if (ahi > alo) erase(previous, found[ahi - 1]!, blo, bhi);
    [this.#previous, this.#current] = [previous, current];
    while (besti > alo && bestj > blo && a[besti - 1] === b[bestj - 1])
      [besti, bestj, size] = [besti - 1, bestj - 1, size + 1];
    while (besti + size < ahi && bestj + size < bhi && a[besti + size] === b[bestj + size]) size++;
    return { a: besti, b: bestj, size };
  }

  blocks(): MatchingBlock[] {
    const blocks: MatchingBlock[] = [];
    const queue: [number, number, number, number][] = [[0, this.#a.length, 0, this.#b.length]];
    for (let range = queue.pop(); range !== undefined; range = queue.pop()) {
      const [alo, ahi, blo, bhi] = range;
      const match = this.longest(alo, ahi, blo, bhi);
      if (match.size === 0) continue;
      blocks.push(match);
      if (alo < match.a && blo < match.b) queue.push([alo, match.a, blo, match.b]);
      const [aend, bend] = [match.a + match.size, match.b + match.size];
      if (aend < ahi && bend < bhi) queue.push([aend, ahi, bend, bhi]);
    }
    return blocks.sort((x, y) => x.a - y.a || x.b - y.b);
  }
}

/** The matching blocks in order, neighbours joined, without Python's closing sentinel. */
export function matchingBlocks(
  a: string,
  b: string,
  { autojunk = true }: MatcherOptions = {},
): MatchingBlock[] {
  const joined: MatchingBlock[] = [];
  for (const block of new Matcher(codePoints(a), codePoints(b), autojunk).blocks()) {
    const last = joined.at(-1);
    if (last !== undefined && last.a + last.size === block.a && last.b + last.size === block.b)
      joined[joined.length - 1] = { ...last, size: last.size + block.size };
    else joined.push(block);
  }
  return joined;
}

/** Twice the matching elements over all elements, 0 to 1; 1 for two empty texts. Not symmetric, as in Python. */
export function sequenceRatio(a: string, b: string, { autojunk = true }: MatcherOptions = {}): number {
  const [pointsA, pointsB] = [codePoints(a), codePoints(b)];
  const length = pointsA.length + pointsB.length;
  if (length === 0) return 1;
  const matched = new Matcher(pointsA, pointsB, autojunk).blocks().reduce((sum, { size }) => sum + size, 0);
  return (2 * matched) / length;
}
