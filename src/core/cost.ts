/** One decode step (or a whole prefill) of one attention layer, for one sequence. */
export interface StepShape {
  /** tokens in the cache */
  readonly tokens: number;
  readonly queryHeads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** bytes of a stored element of K or V: 2 for bf16, 1 for fp8, 0.5625 for nvfp4 */
  readonly bytesPerElement: number;
  /** bytes of one token's K and V, where they are not 2 Hkv d b: a latent that serves as both, a record with scales */
  readonly rowBytes?: number;
  /** dimension of a value, where it is not headDim: the latent of MLA without its rope part */
  readonly valueDim?: number;
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
  /** bytes of a recurrent state, which one step reads and writes; it is all that such a layer keeps */
  readonly stateBytes?: number;
  /** of `keptBytes`, those in the far tier (Grace LPDDR behind NVLink-C2C) */
  readonly farKeptBytes?: number;
  /** of `kvReadBytes`, those that one step fetches from the far tier */
  readonly farReadBytes?: number;
}

/** A step that reads so often: the work and the traffic of each read. A state stays on the chip between them. */
export const costOfReads = (cost: StepCost, reads: number): StepCost => ({
  ...cost,
  flops: reads * cost.flops,
  exponentials: reads * cost.exponentials,
  kvReadBytes: reads * cost.kvReadBytes,
  indexReadBytes: reads * cost.indexReadBytes,
  ...(cost.farReadBytes !== undefined && { farReadBytes: reads * cost.farReadBytes }),
});

/** Bytes of K and V over n tokens: R(n) = 2 n Hkv d b. */
export const keyValueBytes = (shape: StepShape, n: number): number =>
  n * (shape.rowBytes ?? 2 * shape.kvHeads * shape.headDim * shape.bytesPerElement);

/** Operations of attention over n keys: C(n) = 2 n Hq (d + dv), which is 4 n Hq d where keys and values are alike. */
export const attentionFlops = ({ queryHeads, headDim, valueDim = headDim }: StepShape, n: number): number =>
  2 * n * queryHeads * (headDim + valueDim);
