import { real } from "../../core/params.ts";
import { flat, tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import { RuledResult } from "../parts/ruled.ts";
import { softmaxRead } from "../parts/softmax-read.ts";
import { entropyOf } from "../parts/weighed-rows.ts";
import type { Read, SummedResult, HeadResult } from "../read.ts";
import { defineShaping } from "../shaping.ts";

/**
 * Differential attention: a second softmax is subtracted from the first, so that the weights of noise cancel.
 *
 * Ye et al. 2024, arXiv 2410.05258; lambda .8 as in its deep layers. The output is divided by 1 - lambda, as the
 * source's norm and factor after the heads do.
 */
export const differential = defineShaping({
  name: "differential",
  summary: "a second, flatter softmax is taken off the first (differential attention)",
  formula: "p = (softmax(z) - lambda softmax(temper z)) / (1 - lambda)",
  sources: [
    {
      title: "Differential Transformer",
      url: "https://arxiv.org/abs/2410.05258",
      where: "section 2.1, equation 1",
    },
  ],
  differs: [
    "The second softmax has the logits of the first, times `temper`, which gives noise nearly the same weight and a match far less; the source learns other queries and keys for it.",
    "The output is divided by 1 - lambda, in place of the norm and factor after the heads.",
  ],
  params: {
    lambda: real("share of the second softmax", {
      default: 0.8,
      min: 0,
      max: 0.99,
      sweep: [0, 0.2, 0.5, 0.8],
    }),
    temper: real("factor on the second softmax's logits", {
      default: 0.5,
      min: 0,
      max: 1,
      sweep: [0, 0.25, 0.5, 0.75],
    }),
  },
  notConvex: "the second softmax is taken off, so that weights may be below 0",
  shape: (queries, { lambda, temper }) => ({
    ...queries,
    rule: (read, ops) => difference(read, lambda, temper, ops),
  }),
});

function difference(read: Read, lambda: number, temper: number, ops: Ops): SummedResult {
  const first = softmaxRead(read, ops);
  return new RuledResult(
    first,
    new DifferentialResult(
      first,
      softmaxRead({ ...read, scale: temper * read.scale }, ops),
      lambda,
      read.visible,
    ),
  );
}

class DifferentialResult implements HeadResult {
  readonly output: Tensor;
  readonly #first: HeadResult;
  readonly #second: HeadResult;
  readonly #lambda: number;
  readonly #visible: Int32Array;

  /** @param visible (Q G) rows that each query row sees */
  constructor(first: HeadResult, second: HeadResult, lambda: number, visible: Int32Array) {
    this.#first = first;
    this.#second = second;
    this.#lambda = lambda;
    this.#visible = visible;
    const [a, b] = [flat(first.output), flat(second.output)];
    this.output = tensor(
      Float64Array.from(a, (x, at) => (x - lambda * b[at]!) / (1 - lambda)),
      first.output.shape,
    );
  }

  tokensRead(i: number): number {
    return this.#first.tokensRead(i);
  }

  reads(i: number, row: number): boolean {
    return this.#first.reads(i, row);
  }

  weights(i: number, rows: ArrayLike<number>): Float64Array {
    const second = this.#second.weights(i, rows);
    return this.#first
      .weights(i, rows)
      .map((weight, at) => (weight - this.#lambda * second[at]!) / (1 - this.#lambda));
  }

  entropy(i: number): number {
    return entropyOf(
      this.weights(
        i,
        Int32Array.from({ length: this.#visible[i]! }, (_, row) => row),
      ),
    );
  }
}
