/** The shape of one attention layer's step, for one sequence. */
export interface StepShape {
  /** tokens in the cache */
  readonly tokens: number;
  readonly queryHeads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** bytes of a stored element of K or V: 2 for bf16, 1 for fp8, 0.5625 for nvfp4 */
  readonly bytesPerElement: number;
  /** bytes of one token's K and V, if not 2 Hkv d b: a latent that serves as both, a record with scales */
  readonly rowBytes?: number;
  /** dimension of a value, if not headDim: the latent of MLA without its rope part */
  readonly valueDim?: number;
}

/** Cost of a step: bytes and operations of one attention layer, for one sequence. */
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
  /** bytes of a recurrent state, which one step reads and writes; such a layer keeps nothing else */
  readonly stateBytes?: number;
  /** part of `stateBytes` that a convolution keeps: its last inputs */
  readonly convolutionBytes?: number;
  /** part of `keptBytes` in the far tier (Grace LPDDR behind NVLink-C2C) */
  readonly farKeptBytes?: number;
  /** part of `kvReadBytes` that one step fetches from the far tier */
  readonly farReadBytes?: number;
}

/** Every field of a cost, and whether each read of a step adds to it. A state stays on the chip between reads. */
const isPerRead: Readonly<Record<keyof StepCost, boolean>> = {
  flops: true,
  exponentials: true,
  keptBytes: false,
  indexKeptBytes: false,
  kvReadBytes: true,
  indexReadBytes: true,
  stateBytes: false,
  convolutionBytes: false,
  farKeptBytes: false,
  farReadBytes: true,
};

const fields = Object.keys(isPerRead) as (keyof StepCost)[];

const costFrom = (valueOf: (field: keyof StepCost) => number): Required<StepCost> =>
  Object.fromEntries(fields.map((field) => [field, valueOf(field)])) as Record<keyof StepCost, number>;

/** Cost of a step that reads the cache `reads` times. */
export const costOfReads = (cost: StepCost, reads: number): Required<StepCost> =>
  costFrom((field) => (isPerRead[field] ? reads : 1) * (cost[field] ?? 0));

/** Sum of costs, each taken a number of times. */
export const sumOfCosts = (
  parts: readonly (readonly [times: number, cost: StepCost])[],
): Required<StepCost> =>
  costFrom((field) => parts.reduce((sum, [times, cost]) => sum + times * (cost[field] ?? 0), 0));

/** Mean of costs. */
export const meanOfCosts = (costs: readonly StepCost[]): Required<StepCost> =>
  costFrom((field) => costs.reduce((sum, cost) => sum + (cost[field] ?? 0), 0) / costs.length);

/** Bytes of K and V over n tokens: R(n) = 2 n Hkv d b. */
export const keyValueBytes = (shape: StepShape, n: number): number =>
  n * (shape.rowBytes ?? 2 * shape.kvHeads * shape.headDim * shape.bytesPerElement);

/** Operations of attention over n keys: C(n) = 2 n Hq (d + dv), which is 4 n Hq d if values are as wide as keys. */
export const attentionFlops = ({ queryHeads, headDim, valueDim = headDim }: StepShape, n: number): number =>
  2 * n * queryHeads * (headDim + valueDim);
