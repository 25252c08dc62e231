import type { StepCost, StepShape } from "../../core/cost.ts";
import { dot, flat, norm, rowNumbers, rowsOf, tensor, unit } from "../../core/tensor.ts";
import type { Rows, Tensor } from "../../core/tensor.ts";
import type { Ops, Space } from "../../engines/ops.ts";
import { forgets } from "../../engines/state.ts";
import type { Recurrence, StateRead } from "../../engines/state.ts";
import type { Read, AttentionResult, HeadResult } from "../read.ts";
import type { AttendArguments, Modification } from "../variant.ts";
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

  /** @param state (d, width) after the last token */
  constructor(read: Read, state: Float64Array) {
    const { queries, values, visible } = read;
    const width = values.tensor.shape[1];
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
      const products = ops.scores(transposed(keys.tensor, from, space.empty(d, count), true), {
        tensor: transposed(values.tensor, from, space.empty(width, count), false),
        kind: "index",
        rowBytes: 0,
      });
      flat(products).forEach((x, at) => (state[at]! += x));
    });
  return state;
}

/** Tokens that are transposed at a time: their numbers of one channel are a line of a cache. */
const lineTokens = 16;

/**
 * Transposes the rows of tokens from `from` on.
 *
 * @param out (width, n) for n tokens
 * @param toUnit whether rows are scaled to length 1
 */
function transposed(rows: Rows, from: number, out: Tensor, toUnit: boolean): Tensor {
  const [width, count] = out.shape as [number, number];
  const to = flat(out);
  const line = new Float64Array(lineTokens * width);
  for (let t = 0; t < count; t += lineTokens) {
    const taken = Math.min(lineTokens, count - t);
    for (let i = 0; i < taken; i++) {
      const row = rowNumbers(rows, from + t + i);
      const scale = toUnit ? 1 / (norm(row) || 1) : 1;
      for (let c = 0; c < width; c++) line[i * width + c] = scale * row[c]!;
    }
    for (let c = 0; c < width; c++)
      for (let i = 0, at = c * count + t; i < taken; i++, at++) to[at] = line[i * width + c]!;
  }
  return out;
}

/** The state of each kv head after the last token that was asked for: every step of a reader asks for the same. */
export class SteadyStates {
  readonly #known = new Map<number, { readonly end: number; readonly state: Float64Array }>();

  /** The state of kv head h after `end` tokens. */
  of(h: number, end: number, make: () => Float64Array): Float64Array {
    const known = this.#known.get(h);
    if (known?.end === end) return known.state;
    const state = make();
    this.#known.set(h, { end, state });
    return state;
  }
}

/** Queries to a cache, with the states of it that were made before, by a variant that forgets nothing. */
type StateArguments = Pick<AttendArguments<SteadyStates | undefined>, "queries" | "cache" | "ops" | "index">;

/** Attention of queries to a recurrent state. @param recurrenceOf recurrence of kv head h */
export const recur = (
  { queries, cache, ops, index: states = new SteadyStates() }: StateArguments,
  recurrenceOf: (h: number) => Recurrence,
): AttentionResult =>
  perHead(queries, cache, (read, { space }, h) => {
    const recurrence = recurrenceOf(h);
    const { queries: asked, keys, values, visible } = read;
    const [end] = visible;
    if (!forgets(recurrence) && end !== undefined && visible.every((other) => other === end))
      return new StateResult(
        read,
        states.of(h, end, () => stateOf(read, end, space, ops)),
      );
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
