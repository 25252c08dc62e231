import type { RowLists } from "../../core/tensor.ts";

/** Rows that each of Q queries reads, as ascending ranges [start, end) that neither overlap nor touch. */
export class Spans {
  /** (Q + 1), counted in ranges */
  readonly #offsets: Int32Array;
  /** start and end of each range */
  readonly #bounds: Int32Array;

  /** @param rangesOf hands the ranges of query i to `add`, by ascending start; empty ones are left out */
  constructor(queries: number, rangesOf: (i: number, add: (start: number, end: number) => void) => void) {
    this.#offsets = new Int32Array(queries + 1);
    let bounds = new Int32Array(2 * queries + 2);
    let used = 0;
    for (let i = 0; i < queries; i++) {
      const first = used;
      rangesOf(i, (start, end) => {
        if (end <= start) return;
        const last = used > first ? bounds[used - 1]! : -1;
        if (start <= last) {
          if (start < bounds[used - 2]!) throw new RangeError(`range [${start}, ${end}) is out of order`);
          bounds[used - 1] = Math.max(last, end);
          return;
        }
        if (used === bounds.length) bounds = grown(bounds);
        bounds[used++] = start;
        bounds[used++] = end;
      });
      this.#offsets[i + 1] = used / 2;
    }
    this.#bounds = bounds.slice(0, used);
  }

  /** These ranges, and every visible row for queries that see at most `limit` rows. */
  orAllBelow(limit: number, visible: Int32Array): Spans {
    return this.#orAll((end) => end <= limit, visible);
  }

  /** These ranges, and every visible row for queries that see more than `limit` rows. */
  orAllAbove(limit: number, visible: Int32Array): Spans {
    return this.#orAll((end) => end > limit, visible);
  }

  #orAll(whole: (end: number) => boolean, visible: Int32Array): Spans {
    return new Spans(visible.length, (i, add) => {
      if (whole(visible[i]!)) add(0, visible[i]!);
      else
        for (let s = this.#offsets[i]!; s < this.#offsets[i + 1]!; s++)
          add(this.#bounds[2 * s]!, this.#bounds[2 * s + 1]!);
    });
  }

  /** Number of rows that query i reads. */
  count(i: number): number {
    let rows = 0;
    for (let s = this.#offsets[i]!; s < this.#offsets[i + 1]!; s++)
      rows += this.#bounds[2 * s + 1]! - this.#bounds[2 * s]!;
    return rows;
  }

  /** Whether query i reads this row. */
  has(i: number, row: number): boolean {
    let [low, high] = [this.#offsets[i]!, this.#offsets[i + 1]!];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#bounds[2 * middle + 1]! <= row) low = middle + 1;
      else high = middle;
    }
    return low < this.#offsets[i + 1]! && this.#bounds[2 * low]! <= row;
  }

  /** The rows of queries [from, to), one by one. */
  lists(from: number, to: number): RowLists {
    const offsets = new Int32Array(to - from + 1);
    for (let i = from; i < to; i++) offsets[i - from + 1] = offsets[i - from]! + this.count(i);
    const rows = new Int32Array(offsets[to - from]!);
    let at = 0;
    for (let s = this.#offsets[from]!; s < this.#offsets[to]!; s++)
      for (let row = this.#bounds[2 * s]!; row < this.#bounds[2 * s + 1]!; row++) rows[at++] = row;
    return { offsets, rows };
  }
}

function grown(bounds: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * bounds.length);
  larger.set(bounds);
  return larger;
}

/** The first `sinks` and the last `window` of the rows that each query sees. */
export const sinkAndWindow = (visible: Int32Array, sinks: number, window: number): Spans =>
  new Spans(visible.length, (i, add) => {
    const end = visible[i]!;
    add(0, Math.min(sinks, end));
    add(Math.max(0, end - window), end);
  });
