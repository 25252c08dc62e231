import type { StepCost, StepShape } from "../../core/cost.ts";
import { dot, flat, norm, rowNumbers, rowsOf, tensor, unit } from "../../core/tensor.ts";
import type { Rows, Tensor } from "../../core/tensor.ts";
import type { Ops, Space } from "../../engines/ops.ts";
import { forgets } from "../../engines/state.ts";
import type { Recurrence, StateRead } from "../../engines/state.ts";
import type { KeyValueCache, Queries } from "../cache.ts";
import type { Read, AttentionResult, HeadResult } from "../read.ts";
import type { Modification } from "../variant.ts";
import { perHead } from "./per-head.ts";
import { entropyOf } from "./weighed-rows.ts";

/** Result of products with a state: weights of the last tokens that each query sees. */
export class WalkedResult implements HeadResult {
  readonly output: Tensor;
  readonly #weights: readonly Float64Array[];
  readonly #visible: Int32Array;

  constructor({ output, weights }: StateRead, visible: Int32Array) {
    this.output = output;
    this.#weights = weights;
    this.#visible = visible;
  }

  tokensRead(i: number): number {
    return this.#weights[i]!.length;
  }

  reads(i: number, row: number): boolean {
    return row < this.#visible[i]! && row >= this.#first(i);
  }

  weights(i: number, rows: ArrayLike<number>): Float64Array {
    const first = this.#first(i);
    return Float64Array.from(rows, (row) => (this.reads(i, row) ? this.#weights[i]![row - first]! : 0));
  }

  entropy(i: number): number {
    return entropyOf(this.#weights[i]!);
  }

  #first(i: number): number {
    return this.#visible[i]! - this.#weights[i]!.length;
  }
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

/** Attention of queries to a recurrent state. @param recurrenceOf recurrence of kv head h */
export const recur = (
  queries: Queries,
  cache: KeyValueCache,
  recurrenceOf: (h: number) => Recurrence,
  ops: Ops,
): AttentionResult =>
  perHead(queries, cache, (read, { space }, h) => {
    const recurrence = recurrenceOf(h);
    const { queries: asked, keys, values, visible } = read;
    if (!forgets(recurrence) && visible.every((end) => end === visible[0]))
      return new StateResult(read, space, ops);
    const first = new Int32Array(visible.length);
    const walk = { first, visible, feature: "unit", recurrence } as const;
    return new WalkedResult(ops.readState(unitRows(asked), keys, values, walk), visible);
  });

/** The rows at length 1. (n, d) */
export function unitRows(rows: Tensor): Tensor {
  const [count, width] = rows.shape as [number, number];
  const out = new Float64Array(count * width);
  for (let i = 0; i < count; i++) out.set(unit(rowNumbers(rows, i)), i * width);
  return tensor(out, [count, width]);
}

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
