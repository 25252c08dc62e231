import type { KvDtype } from "../../core/dtype.ts";
import type { Attention, Model } from "../model.ts";
import type { WeightDtype } from "../kernels/dtypes.ts";
import type { Machine } from "../kernels/machine.ts";
import type { Parallelism } from "../parallel.ts";
import type { VariantCost } from "./variant.ts";

/** Layers of a model that attend alike, as a variant has them attend. */
export interface LayerWork {
  readonly layers: number;
  /** with the variant's own parameters where it is one that kernels were measured of */
  readonly attention: Attention;
  /** of a variant of which none were */
  readonly variant?: VariantCost;
  /** bytes that a decode step of one sequence fetches from the host processors' memory, a layer */
  farReadBytes(tokens: number): number;
}

/** What weights are stored as and multiply in. */
export interface Weights {
  readonly attention: WeightDtype;
  readonly feedForward: WeightDtype;
}

/** A model on GPUs. */
export interface Deployment {
  readonly machine: Machine;
  readonly model: Model;
  readonly layers: readonly LayerWork[];
  readonly kvDtype: KvDtype;
  readonly weights: Weights;
  readonly parallel: Parallelism;
  /** exchanges between GPUs hide behind the work of another half of the batch */
  readonly overlapLinks: boolean;
}
