/** One decode step (or a whole prefill) of one attention layer, for one sequence. */
export interface StepShape {
  /** tokens in the cache */
  readonly tokens: number;
  readonly queryHeads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** bytes of a stored element of K or V: 2 for bf16, 1 for fp8, 0.5625 for nvfp4 */
  readonly bytesPerElement: number;
}

/** What a step costs. Kept is not read; index is not KV. Bytes and operations, per layer and sequence. */
export interface StepCost {
  readonly flops: number;
  /** exponentials of the softmax */
  readonly exponentials: number;
  /** bytes of K and V that stay in the cache */
  readonly keptBytes: number;
  /** bytes of the index that stay beside it */
  readonly indexKeptBytes: number;
  /** bytes of K and V that one step reads */
  readonly kvReadBytes: number;
  /** bytes of the index that one step reads */
  readonly indexReadBytes: number;
}

/** Bytes of K and V over n tokens: R(n) = 2 n Hkv d b. */
export const keyValueBytes = ({ kvHeads, headDim, bytesPerElement }: StepShape, n: number): number =>
  2 * n * kvHeads * headDim * bytesPerElement;

/** Operations of attention over n keys: C(n) = 4 n Hq d. */
export const attentionFlops = ({ queryHeads, headDim }: StepShape, n: number): number =>
  4 * n * queryHeads * headDim;
