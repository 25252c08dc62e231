import type { KvDtype } from "../../core/dtype.ts";

/** Formats of a product's operands: bytes of a weight and of an activation, scales included, and the peak rate. */
const precisions = {
  bf16: { weight: 2, activation: 2, rate: "gpu.bf16", like: "bf16" },
  fp8: { weight: 1, activation: 1, rate: "gpu.fp8", like: "fp8" },
  /** one scale for each block of 128 x 128 weights (not counted) */
  "fp8-block": { weight: 1, activation: 1, rate: "gpu.fp8", like: "fp8-block" },
  /** E2M1 in blocks of 16 with an E4M3 scale */
  nvfp4: { weight: 0.5625, activation: 0.5625, rate: "gpu.fp4", like: "nvfp4" },
  /** weights of 4 bits that are widened to bf16 before the product: blocks of 32 (MXFP4), 16 (NVFP4), groups of 32 (INT4) */
  "w4a16-mxfp4": { weight: 0.53125, activation: 2, rate: "gpu.bf16", like: "bf16" },
  "w4a16-nvfp4": { weight: 0.5625, activation: 2, rate: "gpu.bf16", like: "bf16" },
  "w4a16-int4": { weight: 0.5625, activation: 2, rate: "gpu.bf16", like: "bf16" },
  /** MXFP4 weights with MXFP8 activations */
  "w4a8-mxfp4": { weight: 0.53125, activation: 1.03125, rate: "gpu.fp8", like: "fp8-block" },
} as const;

/** Format of a product's operands. */
export type Precision = keyof typeof precisions;

const precisionNames = Object.keys(precisions) as readonly Precision[];

const ofPrecisions = <T>(of: (precision: Precision) => T): Readonly<Record<Precision, T>> =>
  Object.fromEntries(precisionNames.map((name) => [name, of(name)])) as Record<Precision, T>;

/** Bytes of a weight of a product, scales included. */
export const weightBytesOf = ofPrecisions((name) => precisions[name].weight);

/** Bytes of an activation that enters a product, scales included. */
export const precisionBytes = ofPrecisions((name) => precisions[name].activation);

/** Quantity of a system that is the peak rate of products. */
export const peakRates = ofPrecisions((name) => precisions[name].rate);

/** Precision whose constants a kernel takes if it was not measured in its own. */
export const measuredLike = ofPrecisions((name): Precision => precisions[name].like);

/**
 * Precision in which attention multiplies, by the dtype of the cache. NVFP4 caches are widened to FP8:
 * https://developer.nvidia.com/blog/optimizing-inference-for-long-context-and-large-batch-sizes-with-nvfp4-kv-cache
 */
export const attentionPrecision = (dtype: KvDtype): "bf16" | "fp8" =>
  dtype === "fp8" || dtype === "nvfp4" ? "fp8" : "bf16";
