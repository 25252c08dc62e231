import { tensor } from "../core/tensor.ts";
import type { Attended } from "./ops.ts";

/** Softmax sums over one block of rows, for `queries` queries. */
export interface Partial {
  /** (queries, d) sum of exp(score - max) value */
  readonly output: Float32Array;
  /** (queries) */
  readonly max: Float32Array;
  readonly sum: Float32Array;
  readonly moment: Float32Array;
}

/** Merges the sums of blocks, in the order in which they come, in float64. */
export class Merged {
  readonly #output: Float64Array;
  readonly #max: Float64Array;
  readonly #sum: Float64Array;
  readonly #moment: Float64Array;
  readonly #queries: number;
  readonly #width: number;

  constructor(queries: number, width: number) {
    this.#queries = queries;
    this.#width = width;
    this.#output = new Float64Array(queries * width);
    this.#max = new Float64Array(queries).fill(-Infinity);
    this.#sum = new Float64Array(queries);
    this.#moment = new Float64Array(queries);
  }

  /** Adds a block's sums for the queries from `first` on. */
  add(first: number, partial: Partial): void {
    for (let g = 0; g < partial.max.length; g++) {
      if (partial.max[g] === -Infinity) continue;
      const i = first + g;
      const max = Math.max(this.#max[i]!, partial.max[g]!);
      const [oldGap, newGap] = [this.#max[i]! - max, partial.max[g]! - max];
      const [oldFactor, newFactor] = [Math.exp(oldGap), Math.exp(newGap)];
      this.#max[i] = max;
      this.#moment[i] =
        shifted(this.#moment[i]!, this.#sum[i]!, oldGap) +
        shifted(partial.moment[g]!, partial.sum[g]!, newGap);
      this.#sum[i] = oldFactor * this.#sum[i]! + newFactor * partial.sum[g]!;
      for (let c = 0, to = i * this.#width, from = g * this.#width; c < this.#width; c++)
        this.#output[to + c] = oldFactor * this.#output[to + c]! + newFactor * partial.output[from + c]!;
    }
  }

  /** The quotients. A query that saw no row gives 0. */
  attended(): Attended {
    const output = new Float32Array(this.#output.length);
    for (let i = 0; i < this.#queries; i++) {
      const sum = this.#sum[i]!;
      const end = (i + 1) * this.#width;
      for (let at = i * this.#width; at < end; at++) output[at] = sum > 0 ? this.#output[at]! / sum : 0;
    }
    return {
      output: tensor(output, [this.#queries, this.#width]),
      max: this.#max,
      sum: this.#sum,
      moment: this.#moment,
    };
  }
}

/** sum of e^(x + gap) (x + gap) from sum of e^x x and sum of e^x; 0 for a gap of -Infinity. */
const shifted = (moment: number, sum: number, gap: number): number =>
  gap === -Infinity ? 0 : Math.exp(gap) * (moment + sum * gap);
