import { flat, rowNumbers, rowsOf, tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import type { Read, SummedResult } from "../read.ts";
import { inChunks } from "./chunks.ts";

/**
 * Softmax attention over the rows of a read, or the result of its rule. The result rebuilds weights from
 * the keys, so that it is valid as long as they are.
 */
export const softmaxRead = (read: Read, ops: Ops): SummedResult =>
  read.rule ? read.rule({ ...read, rule: undefined }, ops) : new SoftmaxResult(read, ops);

class SoftmaxResult implements SummedResult {
  readonly output: Tensor;
  readonly #read: Read;
  /** (Q G) largest score */
  readonly #max: Float64Array;
  /** (Q G) sum of exp(score - max), the sink's included */
  readonly #sum: Float64Array;
  readonly #entropy: Float64Array;

  constructor(read: Read, ops: Ops) {
    const { queries, keys, values, scale, visible, spans, sinkLogit } = read;
    const count = queries.shape[0]!;
    const width = values.tensor.shape[1];
    const output = new Float64Array(count * width);
    this.output = tensor(output, [count, width]);
    this.#read = read;
    this.#max = new Float64Array(count);
    this.#sum = new Float64Array(count);
    this.#entropy = new Float64Array(count);
    const longest = spans ? range(count).reduce((most, i) => Math.max(most, spans.count(i)), 0) : 0;
    inChunks(count, longest, (from, to) => {
      const part = ops.attend(rowsOf(queries, from, to), keys, values, {
        visible: visible.subarray(from, to),
        scale,
        ...(spans && { rows: spans.lists(from, to) }),
      });
      output.set(flat(part.output), from * width);
      for (let i = from; i < to; i++) {
        const [max, sum, moment] = [part.max[i - from]!, part.sum[i - from]!, part.moment[i - from]!];
        const sink = sinkLogit === undefined || sum === 0 ? 0 : Math.exp(sinkLogit - max);
        this.#max[i] = max;
        this.#sum[i] = sum + sink;
        // -sum p ln p with p = exp(gap) / (sum + sink)
        this.#entropy[i] = sum === 0 ? 0 : (sum * Math.log(sum + sink) - moment) / (sum + sink);
        if (sink > 0) for (let c = i * width; c < (i + 1) * width; c++) output[c]! *= sum / (sum + sink);
      }
    });
  }

  tokensRead(i: number): number {
    return this.#read.spans?.count(i) ?? this.#read.visible[i]!;
  }

  reads(i: number, row: number): boolean {
    return this.#read.spans?.has(i, row) ?? row < this.#read.visible[i]!;
  }

  weights(i: number, rows: ArrayLike<number>): Float64Array {
    const { queries, keys, scale } = this.#read;
    const q = flat(rowsOf(queries, i, i + 1));
    return Float64Array.from(rows, (row) => {
      if (!this.reads(i, row)) return 0;
      const k = rowNumbers(keys.tensor, row);
      let score = 0;
      for (let c = 0; c < q.length; c++) score += q[c]! * k[c]!;
      return Math.exp(scale * score - this.#max[i]!) / this.#sum[i]!;
    });
  }

  entropy(i: number): number {
    return this.#entropy[i]!;
  }

  logSum(i: number): number {
    return this.#sum[i] === 0 ? -Infinity : this.#max[i]! + Math.log(this.#sum[i]!);
  }
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
