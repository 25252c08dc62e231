import type { Tensor } from "../core/tensor.ts";
import type { TensorShapes } from "./shapes.ts";

/** Tensors of a model's own index, as a capture of its forward pass has them. */
export const capturedNames = ["indexQ", "indexK", "indexV", "gates"] as const;

export type CapturedName = (typeof capturedNames)[number];

/** Index tensors by name, each (heads, rows, width). */
export type Captured = Readonly<Partial<Record<CapturedName, Tensor>>>;

/** A tensor of the model's own index that a variant can take. @template P parameters of the variant */
export interface CapturedTensor<P> {
  /** a few words: "queries of the indexer" */
  readonly doc: string;
  /** its three sizes in words: "(indexHeads, Q, indexDim)" */
  readonly sizes: string;
  shape(shapes: TensorShapes, params: P): readonly [number, number, number];
  /** tensors that must be given beside it */
  readonly needs?: readonly CapturedName[];
  /** sentences of the variant's `differs` that no longer hold with it */
  readonly insteadOf?: readonly string[];
}

/** The tensors that a variant can take. @template P parameters of the variant */
export type CapturedTensors<P> = Readonly<Partial<Record<CapturedName, CapturedTensor<P>>>>;
