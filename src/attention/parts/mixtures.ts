import { flat, tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { HeadResult } from "../read.ts";
import { softmaxWeights } from "./softmax-weights.ts";

/**
 * Results whose outputs are mixed, with the shares of query row i. Shares have the sum 1, or less beside a sink, unless
 * they are a model's own gates.
 */
export interface Mixture {
  readonly results: readonly HeadResult[];
  gates(i: number): ArrayLike<number>;
}

/** A sum of results, with gates for each query row. */
class MixedResult implements HeadResult {
  readonly output: Tensor;
  readonly #results: readonly HeadResult[];
  /** per query row, one gate for each result */
  readonly #gates: readonly ArrayLike<number>[];

  constructor({ results, gates }: Mixture) {
    const [count, width] = results[0]!.output.shape as [number, number];
    this.#results = results;
    this.#gates = range(count).map(gates);
    const output = new Float64Array(count * width);
    this.output = tensor(output, [count, width]);
    for (let i = 0; i < count; i++)
      for (const [gate, result] of this.#parts(i)) {
        const part = flat(result.output);
        for (let c = i * width; c < (i + 1) * width; c++) output[c]! += gate * part[c]!;
      }
  }

  /** Results that have a share in the output of query row i. */
  #parts(i: number): (readonly [number, HeadResult])[] {
    return this.#results
      .map((result, r) => [this.#gates[i]![r]!, result] as const)
      .filter(([gate]) => gate > 0);
  }

  tokensRead(i: number): number {
    return this.#results.reduce((sum, result) => sum + result.tokensRead(i), 0);
  }

  reads(i: number, row: number): boolean {
    return this.#parts(i).some(([, result]) => result.reads(i, row));
  }

  weights(i: number, rows: ArrayLike<number>): Float64Array {
    const total = new Float64Array(rows.length);
    for (const [gate, result] of this.#parts(i)) {
      const part = result.weights(i, rows);
      for (let r = 0; r < total.length; r++) total[r]! += gate * part[r]!;
    }
    return total;
  }

  /** Entropy over pairs (result, row): a row that two results weigh counts twice. */
  entropy(i: number): number {
    return this.#parts(i).reduce(
      (sum, [gate, result]) => sum + gate * (result.entropy(i) - Math.log(gate)),
      0,
    );
  }
}

/** Mixes results by gates of each query row, as they are. */
export const mixed = (mixture: Mixture): HeadResult => new MixedResult(mixture);

/** Mixes results by fixed gates. The gate of a result without rows goes to the others, in proportion. */
export function gated(parts: readonly { readonly gate: number; readonly result: HeadResult }[]): HeadResult {
  const results = parts.map(({ result }) => result);
  return new MixedResult({
    results,
    gates(i) {
      const open = parts.map(({ gate, result }) => (result.tokensRead(i) > 0 ? gate : 0));
      const total = open.reduce((sum, gate) => sum + gate, 0);
      return open.map((gate) => gate / total);
    },
  });
}

/**
 * Mixes results as parts of one softmax. Each has the share of its sum of exponentials, or of a logit that stands for
 * it.
 *
 * @param logits per query row, one for each result
 * @param sinkLogit logit of a sink, which has no value
 */
export const together = (
  results: readonly HeadResult[],
  logits: (i: number) => ArrayLike<number>,
  sinkLogit?: number,
): HeadResult =>
  new MixedResult({
    results,
    gates: (i) => softmaxWeights(logits(i), sinkLogit),
  });

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
