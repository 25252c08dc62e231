import type { Tensor } from "../../core/tensor.ts";
import type { SummedResult } from "../read.ts";

/** Tokens that summary entry e stands for: [e stride + offset, e stride + offset + block), from token 0 on. */
export interface EntryLayout {
  readonly block: number;
  readonly stride: number;
  readonly offset?: number;
  /** part of an entry's weight that one of its tokens has; default: the same part for each */
  readonly share?: (entry: number, row: number) => number;
}

/** A softmax over entries that each stand for tokens. */
export class SummaryResult implements SummedResult {
  readonly output: Tensor;
  readonly #entries: SummedResult;
  readonly #layout: Required<EntryLayout>;

  constructor(entries: SummedResult, { block, stride, offset = 0, share }: EntryLayout) {
    this.output = entries.output;
    this.#entries = entries;
    // the first entries may begin before the first token
    const alike = (e: number): number => 1 / (block + Math.min(0, e * stride + offset));
    this.#layout = { block, stride, offset, share: share ?? alike };
  }

  tokensRead(i: number): number {
    return this.#entries.tokensRead(i);
  }

  reads(): boolean {
    return false;
  }

  weights(i: number, rows: ArrayLike<number>): Float64Array {
    const { block, stride, offset, share } = this.#layout;
    return Float64Array.from(rows, (row) => {
      const first = Math.max(0, Math.floor((row - offset - block) / stride) + 1);
      const holding = range(Math.floor((row - offset) / stride) + 1 - first).map((e) => first + e);
      const shares = this.#entries.weights(i, holding);
      return holding.reduce((sum, e, at) => sum + shares[at]! * share(e, row), 0);
    });
  }

  entropy(i: number): number {
    return this.#entries.entropy(i);
  }

  logSum(i: number): number {
    return this.#entries.logSum(i);
  }
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
