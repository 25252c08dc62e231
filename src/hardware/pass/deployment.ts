import type { KvDtype } from "../../core/dtype.ts";
import type { AttentionLayer } from "../layers/layer.ts";
import type { Model } from "../model.ts";
import type { WeightDtype } from "../kernels/dtypes.ts";
import type { Machine } from "../kernels/machine.ts";
import type { Parallelism } from "../parallelism.ts";
import type { VariantCost } from "./variant.ts";

/** Layers of a model that attend alike, as a variant has them attend. */
export interface LayerWork {
  readonly layers: number;
  /** with the variant's own parameters where kernels of it were measured */
  readonly layer: AttentionLayer;
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
