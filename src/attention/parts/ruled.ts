import type { Tensor } from "../../core/tensor.ts";
import type { HeadResult, SummedResult } from "../read.ts";

/** Weights by another rule than a softmax, over the rows that a softmax read. */
export class RuledResult implements SummedResult {
  readonly #read: SummedResult;
  readonly #ruled: HeadResult;

  /** @param read the softmax @param ruled the result of the rule */
  constructor(read: SummedResult, ruled: HeadResult) {
    this.#read = read;
    this.#ruled = ruled;
  }

  get output(): Tensor {
    return this.#ruled.output;
  }

  tokensRead(i: number): number {
    return this.#read.tokensRead(i);
  }

  reads(i: number, row: number): boolean {
    return this.#read.reads(i, row);
  }

  weights(i: number, rows: ArrayLike<number>): Float64Array {
    return this.#ruled.weights(i, rows);
  }

  entropy(i: number): number {
    return this.#ruled.entropy(i);
  }

  /** In a softmax over several tables it has the share of its softmax. */
  logSum(i: number): number {
    return this.#read.logSum(i);
  }
}
