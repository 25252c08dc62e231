import type { KvDtype } from "../../core/dtype.ts";
import type { AttentionLayer } from "../layers/layer.ts";
import type { Model } from "../model.ts";
import type { Machine } from "../kernels/machine.ts";
import type { Routing } from "../kernels/routing.ts";
import type { Parallelism } from "../parallelism.ts";
import type { Weights } from "../weights/choice.ts";
import type { VariantCost } from "./variant.ts";

/** Layers of a model with the same attention, and their variant. */
export interface LayerWork {
  readonly layers: number;
  /** searched at the variant's parameters if its kernels were measured on this kind of layer */
  readonly layer: AttentionLayer;
  /** cost of a variant whose kernels were not measured */
  readonly variant?: VariantCost;
  /** Bytes that a layer of a decode step of one sequence fetches from the host processors' memory. */
  farReadBytes(tokens: number): number;
}

/** A model divided among GPUs. */
export interface Deployment {
  readonly machine: Machine;
  readonly model: Model;
  readonly layers: readonly LayerWork[];
  readonly kvDtype: KvDtype;
  readonly weights: Weights;
  readonly parallel: Parallelism;
  /** true: exchanges between GPUs hide behind the work of the other half of the batch */
  readonly overlapLinks: boolean;
  /** how tokens fall on experts; default: even */
  readonly routing?: Routing | undefined;
}
