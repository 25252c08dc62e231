import { choice } from "../../core/params.ts";
import { countBelow, placeOf } from "../../core/places.ts";
import { dot, flat, rowNumbers, rowsOf } from "../../core/tensor.ts";
import type { Rows, Tensor } from "../../core/tensor.ts";
import type { Ops, Space } from "../../engines/ops.ts";
import type { EntryLayout } from "./summaries.ts";

/** How entries here depart from those of DeepSeek-V4. */
export const standInPooling: readonly string[] = [
  "Entries are means of their tokens, scaled to the tokens' length; the source pools by softmax weights for each channel, with learned logits, and normalises entries like raw tokens.",
  "The gate is one of two extremes: gated chooses the tokens at which a record ends, the limit of a trained gate; mean is the start of training. Neither is evidence about the gates that DeepSeek-V4 has learned.",
];

export const poolingParam = choice(
  "tokens of an entry: those at which a span ends (all if there is none), as a trained gate could choose, or all alike, as an untrained gate does",
  ["gated", "mean"],
  { default: "gated" },
);

/** Tokens that an entry is made of. */
export interface Pooling {
  readonly pool: number;
  /** whether entry i pools tokens [(i - 1) pool, (i + 1) pool), the first its own alone */
  readonly overlap: boolean;
  readonly pooling: "gated" | "mean";
}

/**
 * Entries of a cache, and the tokens that each is made of. They are causal: an entry depends on its own tokens alone.
 */
export class Pools {
  readonly layout: EntryLayout;
  readonly #block: number;
  readonly #stride: number;
  readonly #offset: number;
  /** tokens that gates choose, ascending */
  readonly #chosen: Int32Array;

  constructor({ pool, overlap, pooling }: Pooling, spanEnds: Int32Array = new Int32Array(0)) {
    this.#block = overlap ? 2 * pool : pool;
    this.#stride = pool;
    this.#offset = overlap ? -pool : 0;
    this.#chosen = pooling === "gated" ? spanEnds : new Int32Array(0);
    this.layout = {
      block: this.#block,
      stride: pool,
      offset: this.#offset,
      share: (entry, row) => this.#share(entry, row),
    };
  }

  /** The tokens [from, to) of an entry. */
  #tokens(entry: number): { from: number; to: number } {
    const start = entry * this.#stride + this.#offset;
    return { from: Math.max(0, start), to: start + this.#block };
  }

  /** Tokens of an entry that gates choose, if any. */
  #chosenOf(entry: number): Int32Array {
    const { from, to } = this.#tokens(entry);
    return this.#chosen.subarray(countBelow(this.#chosen, from), countBelow(this.#chosen, to));
  }

  #share(entry: number, row: number): number {
    const chosen = this.#chosenOf(entry);
    const { from, to } = this.#tokens(entry);
    if (chosen.length === 0) return 1 / (to - from);
    return placeOf(chosen, row) < 0 ? 0 : 1 / chosen.length;
  }

  /**
   * (floor(N / pool), d) the mean of each entry's tokens, or of the tokens that its gate chooses, scaled to the root
   * mean square of their lengths.
   */
  entries(rows: Rows, space: Space, ops: Ops): Tensor {
    const entries = this.#means(rows, space, ops);
    const [count, width] = entries.shape as [number, number];
    const squares = ops.rowProducts(rows);
    for (let e = 0; e < count; e++) {
      const own = rowNumbers(entries, e);
      const chosen = this.#chosenOf(e);
      if (chosen.length > 0) own.fill(0);
      let lengths = 0;
      for (const t of chosen) {
        lengths += squares[t]!;
        const row = rowNumbers(rows, t);
        for (let c = 0; c < width; c++) own[c]! += row[c]! / chosen.length;
      }
      const { from, to } = this.#tokens(e);
      if (chosen.length === 0) for (let t = from; t < to; t++) lengths += squares[t]!;
      const meanLength = lengths / (chosen.length || to - from);
      const factor = Math.sqrt(meanLength / (dot(own, own) || 1));
      for (let c = 0; c < width; c++) own[c]! *= factor;
    }
    return entries;
  }

  /** (floor(N / pool), d) in the space. */
  #means(rows: Rows, space: Space, ops: Ops): Tensor {
    const [stride, block] = [this.#stride, this.#block];
    const count = Math.floor(rows.shape[0] / stride);
    if (count === 0) return space.empty(0, rows.shape[1]);
    const means = rowsOf(ops.blockMean(rows, block, stride), 0, count);
    if (this.#offset === 0) return means;
    // block i of the overlapping means begins where entry i + 1 does
    const width = rows.shape[1];
    flat(means).copyWithin(width, 0, (count - 1) * width);
    space.scoped(() => {
      flat(rowsOf(means, 0, 1)).set(flat(ops.blockMean(rowsOf(rows, 0, stride), stride, stride)));
    });
    return means;
  }
}
