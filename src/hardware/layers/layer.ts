import type { StepCost, StepShape } from "../../core/cost.ts";
import type { KvDtype } from "../../core/dtype.ts";
import type { Quantity } from "../../core/units.ts";
import type { Precision } from "../kernels/dtypes.ts";
import type { Machine } from "../kernels/machine.ts";
import type { Routing } from "../kernels/routing.ts";
import type { Efficiency } from "../kernels/roofline.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { Parallelism } from "../parallelism.ts";
import type { Part } from "../serving/replica.ts";

export type Count = Quantity<"1">;

/** Matrices of one size, and their number in a layer: 1 by default, a mean if layers share them. */
export type LayerMatrix = readonly [rows: number, columns: number, copies?: number];

/** Weights in matrices. */
export const weightsIn = (matrices: readonly LayerMatrix[]): number =>
  matrices.reduce((sum, [rows, columns, copies = 1]) => sum + rows * columns * copies, 0);

/** GPUs among which a layer's attention is shared. */
export interface AttentionSharing {
  /** GPUs that share the heads */
  readonly tp: number;
  /** further GPUs that share the output projection */
  readonly outputRanks: number;
}

/** A layer that one GPU has alone. */
export const unshared: AttentionSharing = { tp: 1, outputRanks: 1 };

/** A GPU among those that share a layer's attention. */
export interface AttentionRank extends AttentionSharing {
  readonly machine: Machine;
  readonly hidden: number;
  readonly weights: Precision;
  readonly kvDtype: KvDtype;
}

/** The index of a layer: it scores keys, and attention reads the best of them. */
export interface LayerIndex {
  /** Operations of one query's scores. */
  flops(tokens: number): number;
  readonly precision: "bf16" | "fp8" | "fp4";
}

/** Bytes of a sequence that do not grow with its context. */
export interface FixedBytes {
  /** last inputs of a convolution */
  readonly convolution: number;
  /** a recurrent state */
  readonly state: number;
}

/** Records of several tokens each that a layer keeps beside raw ones of its newest tokens. */
export interface LayerRecords {
  /** tokens of a record */
  readonly pool: number;
  readonly window: number;
  /** numbers of a record */
  readonly width: number;
  /** numbers of a record's key in an index; none without one */
  readonly indexWidth?: number;
}

/** An attention layer of a model, of any kind. Times, memory and parameters are computed from it. */
export interface AttentionLayer {
  readonly queryHeads: number;
  /** heads of the cache, which GPUs can share */
  readonly kvHeads: number;
  /** heads that have an output of their own */
  readonly outputHeads: number;
  /** numbers in the heads' outputs of a token, before the output projection */
  readonly outputWidth: number;
  /** true if a query may reach the whole context, even if a step reads little of it */
  readonly reachesAll: boolean;
  /** true if a token's key and value are one latent record of all heads */
  readonly latent?: true;
  /** spec of the attention variant that the layer was trained with; none if it mixes at most a few neighbouring tokens */
  readonly variant?: string;
  /** true if the layer has no attention at all */
  readonly absent?: true;
  /**
   * Cost of a decode step less what an earlier layer keeps and computes for this one.
   *
   * @param isOwn true for the variant that the layer was trained with
   */
  own?(cost: StepCost, shape: StepShape, isOwn: boolean): StepCost;
  /** bytes that it keeps of a sequence, whatever the context, beside what its variant keeps */
  readonly fixed?: FixedBytes;
  readonly index?: LayerIndex;
  readonly records?: LayerRecords;
  /** Matrices that one GPU multiplies a token with. */
  matrices(hidden: number, sharing: AttentionSharing): readonly LayerMatrix[];
  /** Shape of one decode step at a length: cache, state and work follow from it. */
  shape(tokens: number, dtype: KvDtype): StepShape;
  /** Bytes of a token's cache as GPUs pass it on. */
  rowBytes(dtype: KvDtype): number;
  /** The layer on a GPU that holds one token in `ranks` of each cache: it reads its share of window and selection. */
  splitCache(ranks: number): AttentionLayer;
  /**
   * The layer with other dimensions of the search: window, blocks, index, pools. `{}` removes all of them.
   */
  searching(search: object): AttentionLayer;
  /** Time of the layer on one GPU, projections included. */
  time(rank: AttentionRank, part: Part): OperatorTime;
  /** Rates of dense attention's kernels on this kind of cache, for variants that have no kernels of their own. */
  rates(rank: AttentionRank, phase: Part["phase"]): Efficiency;
}

/** Precisions of the products of a layer's feed-forward. */
export interface FeedForwardPrecisions {
  readonly dense: Precision;
  readonly shared: Precision;
  readonly experts: Precision;
  readonly router: Precision;
}

/** A GPU among those that share a layer's feed-forward. */
export interface FeedForwardRank {
  readonly machine: Machine;
  readonly hidden: number;
  readonly weights: FeedForwardPrecisions;
  readonly parallel: Parallelism;
  /** how tokens fall on experts; default: even */
  readonly routing?: Routing | undefined;
}

/** Tokens of a pass: those of a GPU's own group, and those of all groups of the stage. */
export interface PassTokens {
  readonly own: number;
  readonly all: number;
  /** true: kernels that do not wait for each other run side by side, on two streams */
  readonly secondStream: boolean;
}

/** A feed-forward layer of a model, of any kind. */
export interface FeedForwardLayer {
  /** routed experts; 0 for a dense layer */
  readonly experts: number;
  /** share of the routed experts that a token is sent to; 0 for a dense layer */
  readonly activeShare: number;
  /** true if the layer has no feed-forward */
  readonly absent?: true;
  /** Matrices that every token is multiplied with, among `columns` GPUs that share their columns. */
  always(hidden: number, columns: number): readonly LayerMatrix[];
  /** Matrices of all routed experts. */
  routed(hidden: number): readonly LayerMatrix[];
  /** Matrices that GPUs hold and no token of text is multiplied with. */
  idle?(hidden: number): readonly LayerMatrix[];
  /** Time of the layer on one GPU, exchanges included. */
  time(rank: FeedForwardRank, tokens: PassTokens): OperatorTime;
}
