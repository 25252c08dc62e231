import type { StepCost, StepShape } from "../../core/cost.ts";
import { dot, flat, norm, rowNumbers, rowsOf, tensor } from "../../core/tensor.ts";
import type { Rows, Tensor } from "../../core/tensor.ts";
import type { Ops, Space } from "../../engines/ops.ts";
import type { KeyValueCache, Queries } from "../cache.ts";
import type { Read, AttentionResult, HeadResult } from "../read.ts";
import type { Modification } from "../variant.ts";
import { perHead } from "./per-head.ts";
import { WeighedResult } from "./weighed-rows.ts";
import type { WeighedRows } from "./weighed-rows.ts";

// Shared by recurrent mechanisms. A query's output is S^T q, where S is the state after the last token that it sees.
// The weights are found without S, by a walk back from that token with a vector r, which begins as q. Token t has the
// weight w_t = strength k_t . r; then r loses what the token's write and decay have taken from the state before it. A
// state forgets most tokens within a few thousand, so that the walk is short. The modelled machine keeps and reads the
// state.

/** S_t = (I - strength k k^T) diag(decay) S_(t-1) + strength k v^T, without the first factor unless writes replace. */
export interface Recurrence {
  /** factor of each channel of the state from one token to the next: (d) */
  readonly decay: Float64Array;
  /** strength of a write, in (0, 1] */
  readonly strength: number;
  /** whether a write replaces the state's value for its key: the delta rule */
  readonly replaces: boolean;
}

/** Share of |q| below which the walk ends: all earlier tokens together weigh no more than |r|. */
export const forgotten = 1e-7;

/** Weights of the tokens that query row i sees. Keys and query have unit length. */
function remembered(
  { queries, keys, visible }: Read,
  i: number,
  { decay, strength, replaces }: Recurrence,
): WeighedRows {
  const r = unit(flat(rowsOf(queries, i, i + 1)));
  const steady = decay.every((factor) => factor === 1);
  const weights: number[] = [];
  let t = visible[i]! - 1;
  for (; t >= 0; t--) {
    const key = unit(rowNumbers(keys.tensor, t));
    const product = dot(key, r);
    weights.push(strength * product);
    if (replaces) for (let c = 0; c < r.length; c++) r[c]! -= strength * product * key[c]!;
    if (!steady) for (let c = 0; c < r.length; c++) r[c]! *= decay[c]!;
    // a check every 16 tokens is enough
    if (t % 16 === 0 && (replaces || !steady) && norm(r) < forgotten) {
      t--;
      break;
    }
  }
  const first = t + 1;
  return {
    rows: Int32Array.from(weights, (_, at) => first + at),
    weights: Float64Array.from(weights).reverse(),
  };
}

/**
 * Result of a sum of k v^T without decay. Nothing is forgotten, so all queries of the last token share one state. The
 * entropy over all tokens is not known, since it would take every product.
 */
class StateResult implements HeadResult {
  readonly output: Tensor;
  readonly #read: Read;

  constructor(read: Read, space: Space, ops: Ops) {
    const { queries, values, visible } = read;
    const width = values.tensor.shape[1];
    const state = stateOf(read, visible[0]!, space, ops);
    const output = new Float64Array(visible.length * width);
    for (let i = 0; i < visible.length; i++)
      unit(flat(rowsOf(queries, i, i + 1))).forEach((x, c) => {
        for (let e = 0; e < width; e++) output[i * width + e]! += x * state[c * width + e]!;
      });
    this.output = tensor(output, [visible.length, width]);
    this.#read = read;
  }

  tokensRead(i: number): number {
    return this.#read.visible[i]!;
  }

  reads(i: number, row: number): boolean {
    return row < this.#read.visible[i]!;
  }

  weights(i: number, rows: ArrayLike<number>): Float64Array {
    const { queries, keys } = this.#read;
    const query = unit(flat(rowsOf(queries, i, i + 1)));
    return Float64Array.from(rows, (row) =>
      this.reads(i, row) ? dot(query, unit(rowNumbers(keys.tensor, row))) : 0,
    );
  }

  entropy(): number {
    return NaN;
  }
}

/** Tokens whose products are summed at a time: few enough for float32, many enough for a kernel's threads. */
const stateBlock = 4096;

/** (d, width) the sum of k v^T over the tokens [0, end), with keys of unit length. A block is (d, n) by (n, width). */
function stateOf({ keys, values }: Read, end: number, space: Space, ops: Ops): Float64Array {
  const [d, width] = [keys.tensor.shape[1], values.tensor.shape[1]];
  const state = new Float64Array(d * width);
  for (let from = 0; from < end; from += stateBlock)
    space.scoped(() => {
      const count = Math.min(stateBlock, end - from);
      const columns = (rows: Rows, scaleOf: (row: ArrayLike<number>) => number): Tensor => {
        const out = space.empty(rows.shape[1], count);
        const to = flat(out);
        for (let t = 0; t < count; t++) {
          const row = rowNumbers(rows, from + t);
          const scale = scaleOf(row);
          for (let c = 0; c < row.length; c++) to[c * count + t] = scale * row[c]!;
        }
        return out;
      };
      const products = ops.scores(
        columns(keys.tensor, (key) => 1 / (norm(key) || 1)),
        { tensor: columns(values.tensor, () => 1), kind: "index", rowBytes: 0 },
      );
      flat(products).forEach((x, at) => (state[at]! += x));
    });
  return state;
}

/** A vector of the same direction and length 1; a zero vector stays zero. */
export function unit(numbers: ArrayLike<number>): Float64Array {
  const length = norm(numbers) || 1;
  return Float64Array.from(numbers, (x) => x / length);
}

/** Attention of queries to a recurrent state. @param recurrenceOf recurrence of kv head h */
export const recur = (
  queries: Queries,
  cache: KeyValueCache,
  recurrenceOf: (h: number) => Recurrence,
  ops: Ops,
): AttentionResult =>
  perHead(queries, cache, (read, { space }, h) => {
    const recurrence = recurrenceOf(h);
    const forgets = recurrence.replaces || recurrence.decay.some((factor) => factor < 1);
    if (!forgets && read.visible.every((end) => end === read.visible[0]))
      return new StateResult(read, space, ops);
    return new WeighedResult(
      Array.from(read.visible, (_, i) => remembered(read, i, recurrence)),
      read.values,
    );
  });

/**
 * Cost of a decode step that reads and writes a state (d, dv) for each kv head, and keeps nothing else.
 *
 * @param perEntry operations of a write on each number of the state
 * @param states of each head
 */
export function stateCost(shape: StepShape, perEntry: number, states = 1): StepCost {
  const { kvHeads, queryHeads, headDim, valueDim = headDim, bytesPerElement } = shape;
  const numbers = states * headDim * valueDim;
  return {
    flops: kvHeads * perEntry * numbers + queryHeads * 2 * numbers,
    exponentials: 0,
    keptBytes: 0,
    indexKeptBytes: 0,
    kvReadBytes: 0,
    indexReadBytes: 0,
    stateBytes: kvHeads * numbers * bytesPerElement,
  };
}

/** Reasons why a state takes no modifiers. */
export const stateRefuses: Readonly<Record<Modification, string>> = {
  kvDtype: "it keeps a state, no K and V",
  logitShaping: "it has no softmax",
  placement: "its state is read and written at every step",
};

export const stateNotConvex = "products with the state may have either sign";

/** Factor from one token to the next, for a half-life in tokens. */
export const decayOf = (halfLife: number): number => 2 ** (-1 / halfLife);
