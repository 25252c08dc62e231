import { tensor } from "../core/tensor.ts";
import type { Attended } from "./ops.ts";

/** Softmax of one query over a part of its rows. */
export interface SoftmaxPart {
  /** largest score; -Infinity if it saw no row */
  readonly max: number;
  /** sum of exp(score - max) */
  readonly sum: number;
  /** sum of exp(score - max) (score - max) */
  readonly moment: number;
  /** numbers in which the sum of exp(score - max) value begins at `at` */
  readonly numbers: Float32Array;
  readonly at: number;
}

/** Softmaxes of several queries over a part of their rows. */
export interface SoftmaxParts {
  /** (queries, d) sum of exp(score - max) value */
  readonly output: Float32Array;
  /** (queries) as of `SoftmaxPart` */
  readonly max: Float32Array;
  readonly sum: Float32Array;
  readonly moment: Float32Array;
}

/** Merges softmaxes over parts of the rows, in the order in which they come, in float64. */
export class MergedSoftmax {
  readonly #width: number;
  readonly #exp: (x: number) => number;
  readonly #max: Float64Array;
  readonly #sum: Float64Array;
  readonly #moment: Float64Array;
  readonly #output: Float64Array;

  /** @param exp exponential of numbers up to 0 */
  constructor(queries: number, width: number, exp: (x: number) => number = Math.exp) {
    this.#width = width;
    this.#exp = exp;
    this.#max = new Float64Array(queries).fill(-Infinity);
    this.#sum = new Float64Array(queries);
    this.#moment = new Float64Array(queries);
    this.#output = new Float64Array(queries * width);
  }

  /** Adds a part of query i's rows. */
  add(i: number, { max, sum, moment, numbers, at }: SoftmaxPart): void {
    if (max === -Infinity) return;
    const newMax = Math.max(max, this.#max[i]!);
    const oldFall = this.#max[i]! - newMax;
    const fall = max - newMax;
    const keep = oldFall === -Infinity ? 0 : this.#exp(oldFall);
    const share = this.#exp(fall);
    const movedMoment = keep === 0 ? 0 : keep * (this.#moment[i]! + this.#sum[i]! * oldFall);
    this.#moment[i] = movedMoment + share * (moment + sum * fall);
    this.#sum[i] = keep * this.#sum[i]! + share * sum;
    this.#max[i] = newMax;
    const start = i * this.#width;
    for (let c = 0; c < this.#width; c++)
      this.#output[start + c] = keep * this.#output[start + c]! + share * numbers[at + c]!;
  }

  /** Adds a part of the rows of the queries from `first` on. */
  addAll(first: number, { output, max, sum, moment }: SoftmaxParts): void {
    for (let q = 0; q < max.length; q++)
      this.add(first + q, {
        max: max[q]!,
        sum: sum[q]!,
        moment: moment[q]!,
        numbers: output,
        at: q * this.#width,
      });
  }

  /** The whole softmaxes. A query that saw no row has the output 0. */
  attended(): Attended {
    const queries = this.#max.length;
    const output = new Float32Array(queries * this.#width);
    for (let i = 0; i < queries; i++) {
      const share = this.#sum[i] === 0 ? 0 : 1 / this.#sum[i]!;
      for (let c = i * this.#width; c < (i + 1) * this.#width; c++) output[c] = this.#output[c]! * share;
    }
    return {
      output: tensor(output, [queries, this.#width]),
      max: this.#max,
      sum: this.#sum,
      moment: this.#moment,
    };
  }
}
