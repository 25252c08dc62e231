import { placeOf } from "../core/places.ts";
import { flat, rowNumbers, rowsOf, tensor } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Ops, Table } from "../engines/ops.ts";
import { inChunks } from "./parts/select.ts";
import type { Spans } from "./parts/spans.ts";
import type { HeadResult } from "./variant.ts";

/** One softmax over rows of a table. Query rows are those of `Queries.heads`: (Q G). */
export interface Read {
  /** (Q G, d) */
  readonly queries: Tensor;
  readonly keys: Table;
  readonly values: Table;
  readonly scale: number;
  /** (Q G) query row i sees the rows [0, visible[i]) */
  readonly visible: Int32Array;
  /** the rows it reads; every visible one when absent */
  readonly spans?: Spans;
  /** a logit that takes part in the softmax without a value */
  readonly sinkLogit?: number | undefined;
  /** what makes weights of scores, in place of a softmax */
  readonly rule?: WeightRule | undefined;
}

/** Weights by another rule than a softmax; it may ask for softmax reads of its own. */
export type WeightRule = (read: Read, ops: Ops) => Summed;

/**
 * Softmax attention over the rows that a `Read` names, or what its rule makes of them. The result rebuilds weights from the keys, so it is valid
 * as long as they are.
 */
export const softmaxRead = (read: Read, ops: Ops): Summed =>
  read.rule ? read.rule({ ...read, rule: undefined }, ops) : new SoftmaxResult(read, ops);

class SoftmaxResult implements Summed {
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

/** Which tokens summary entry e stands for: [e stride + offset, e stride + offset + block), from token 0 on. */
export interface Layout {
  readonly block: number;
  readonly stride: number;
  readonly offset?: number;
  /** what part of an entry's weight a token has of those that the entry stands for; the same part each when absent */
  readonly share?: (entry: number, row: number) => number;
}

/** A softmax over entries that each stand for tokens. */
export class SummaryResult implements Summed {
  readonly output: Tensor;
  readonly #entries: Summed;
  readonly #layout: Required<Layout>;

  constructor(entries: Summed, { block, stride, offset = 0, share }: Layout) {
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

/** Rows that a query reads, ascending, and the weight of each. */
export interface WeighedRows {
  readonly rows: ArrayLike<number>;
  /** may be 0, or negative */
  readonly weights: ArrayLike<number>;
}

/** Values mixed by weights that are given row by row, whatever rule they come from. */
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

/** Weights by a rule of their own over what a softmax read. */
export class RuledResult implements Summed {
  readonly #read: Summed;
  readonly #ruled: HeadResult;

  /** @param read what was read @param ruled what came of it */
  constructor(read: Summed, ruled: HeadResult) {
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

  /** As part of a softmax over several tables it has the share of its softmax. */
  logSum(i: number): number {
    return this.#read.logSum(i);
  }
}

/** Entropy in nats of weights, or of what their absolute values are of their sum. */
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

/** Reads whose outputs are mixed, and the share of each for query row i; shares sum to 1, or less beside a sink. */
export interface Mixture {
  readonly results: readonly HeadResult[];
  gates(i: number): ArrayLike<number>;
}

/** A sum of reads by gates of each query's own. */
class MixedResult implements HeadResult {
  readonly output: Tensor;
  readonly #results: readonly HeadResult[];
  /** per query row, one for each read */
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

  /** The reads of query row i that have a share in its output. */
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

  /** Of the pairs (read, row): a row that two reads weigh counts as two. */
  entropy(i: number): number {
    return this.#parts(i).reduce(
      (sum, [gate, result]) => sum + gate * (result.entropy(i) - Math.log(gate)),
      0,
    );
  }
}

/** Reads by fixed gates; those of reads that found nothing to read go to the others, in proportion. */
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

/** What a softmax read besides: the logarithm of its sum of exponentials. */
export interface Summed extends HeadResult {
  /** ln of the sum of exp(score) of query row i; -Infinity where it reads nothing */
  logSum(i: number): number;
}

/**
 * Reads as parts of one softmax: each has the share of its sum of exponentials, or of a logit that stands for it.
 *
 * @param logits per query row, one for each read
 * @param sinkLogit takes part in the softmax without a value
 */
export const together = (
  results: readonly HeadResult[],
  logits: (i: number) => ArrayLike<number>,
  sinkLogit?: number,
): HeadResult =>
  new MixedResult({
    results,
    gates(i) {
      const own = Float64Array.from(logits(i));
      const most = own.reduce((a, b) => Math.max(a, b), sinkLogit ?? -Infinity);
      const exps = own.map((z) => Math.exp(z - most));
      const sum = exps.reduce((a, b) => a + b, sinkLogit === undefined ? 0 : Math.exp(sinkLogit - most));
      return exps.map((e) => e / sum);
    },
  });

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
