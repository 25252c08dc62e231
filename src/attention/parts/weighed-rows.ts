import { placeOf } from "../../core/places.ts";
import { rowNumbers, tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Table } from "../../engines/ops.ts";
import type { HeadResult } from "../read.ts";

/** Rows that a query reads, ascending, with their weights. */
export interface WeighedRows {
  readonly rows: ArrayLike<number>;
  /** may be 0, or negative */
  readonly weights: ArrayLike<number>;
}

/** Values mixed by given weights. */
export class WeighedResult implements HeadResult {
  readonly output: Tensor;
  readonly #reads: readonly WeighedRows[];

  constructor(reads: readonly WeighedRows[], values: Table) {
    this.#reads = reads;
    const width = values.tensor.shape[1];
    const output = new Float64Array(reads.length * width);
    this.output = tensor(output, [reads.length, width]);
    reads.forEach(({ rows, weights }, i) => {
      for (let at = 0; at < rows.length; at++) {
        if (weights[at] === 0) continue;
        const value = rowNumbers(values.tensor, rows[at]!);
        for (let c = 0; c < width; c++) output[i * width + c]! += weights[at]! * value[c]!;
      }
    });
  }

  tokensRead(i: number): number {
    return this.#reads[i]!.rows.length;
  }

  reads(i: number, row: number): boolean {
    return placeOf(this.#reads[i]!.rows, row) >= 0;
  }

  weights(i: number, rows: ArrayLike<number>): Float64Array {
    const { rows: read, weights } = this.#reads[i]!;
    return Float64Array.from(rows, (row) => {
      const at = placeOf(read, row);
      return at < 0 ? 0 : weights[at]!;
    });
  }

  entropy(i: number): number {
    return entropyOf(this.#reads[i]!.weights);
  }
}

/** Entropy in nats of weights; of signed weights, that of their absolute values. */
export function entropyOf(weights: ArrayLike<number>): number {
  let [total, moment] = [0, 0];
  for (let at = 0; at < weights.length; at++) {
    const weight = Math.abs(weights[at]!);
    if (weight === 0) continue;
    total += weight;
    moment += weight * Math.log(weight);
  }
  return total === 0 ? 0 : Math.max(0, Math.log(total) - moment / total);
}
