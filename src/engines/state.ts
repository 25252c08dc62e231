import type { Tensor } from "../core/tensor.ts";

// Reads of a recurrent state. A query's output is S^T q, where S is the state after the last token that it sees. The
// weights are found without S, by a walk back from that token with a vector r, which begins as q. Token t has the
// weight w_t = strength k_t . r; then r loses what the token's write and decay have taken from the state before it.

/** S_t = (I - strength k k^T) diag(decay) S_(t-1) + strength k v^T, without the first factor unless writes replace. */
export interface Recurrence {
  /** factor of each channel of the state from one token to the next: (d) */
  readonly decay: Float64Array;
  /** strength of a write, in (0, 1] */
  readonly strength: number;
  /** whether a write replaces the state's value for its key: the delta rule */
  readonly replaces: boolean;
}

/** Form of a key in which it is written: at length 1, or as ELU + 1 of each number. */
export type KeyFeature = "unit" | "elu";

export interface StateOptions {
  /** (Q) first token whose write query i sees */
  readonly first: Int32Array;
  /** (Q) query i sees the writes of the tokens [first[i], visible[i]) */
  readonly visible: Int32Array;
  readonly feature: KeyFeature;
  readonly recurrence: Recurrence;
}

/** Products of queries with a state, and the weights of the tokens that it was written from. */
export interface StateRead {
  /** (Q, width of the values), on the JavaScript heap */
  readonly output: Tensor;
  /** for each query the weights of its last tokens, up to visible[i] - 1; those before them are forgotten */
  readonly weights: readonly Float64Array[];
}

/** Share of |q| below which a walk ends: all earlier tokens together weigh no more than |r|. */
export const forgotten = 1e-7;

/** |r| is looked at once in this number of tokens. */
export const forgottenEvery = 16;

/** Whether the state loses anything from one token to the next. */
export const forgets = ({ decay, replaces }: Recurrence): boolean =>
  replaces || decay.some((factor) => factor < 1);

/** ELU + 1, the feature of Infini-attention (arXiv 2404.07143, section 2.1). */
export const eluFeature = (x: number): number => (x > 0 ? x + 1 : Math.exp(x));

/** The rule of a plain sum of k v^T: nothing is forgotten. */
export const steadySum = (width: number): Recurrence => ({
  decay: new Float64Array(width).fill(1),
  strength: 1,
  replaces: false,
});
