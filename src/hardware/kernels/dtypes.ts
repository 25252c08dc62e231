import type { KvDtype } from "../../core/dtype.ts";
import { neededOf } from "../system.ts";
import type { System } from "../system.ts";

/** What a product's operands are: `fp8-block` has a scale for each block of 128 x 128 weights. */
export const precisions = ["bf16", "fp8", "fp8-block", "nvfp4"] as const;
export type Precision = (typeof precisions)[number];

/** Bytes of an element, scales counted: E4M3, or E2M1 in blocks of 16 with an E4M3 scale. */
export const precisionBytes: Readonly<Record<Precision, number>> = {
  bf16: 2,
  fp8: 1,
  "fp8-block": 1,
  nvfp4: 0.5625,
};

const rates = { bf16: "gpu.bf16", fp8: "gpu.fp8", "fp8-block": "gpu.fp8", nvfp4: "gpu.fp4" } as const;

/** Peak arithmetic of a GPU in a precision, FLOP/s. */
export const peak = (system: System, precision: Precision): number =>
  neededOf(system, rates[precision], `products in ${precision}`).value;

/**
 * What attention multiplies in, given the cache's dtype. NVFP4 caches are widened to FP8:
 * https://developer.nvidia.com/blog/optimizing-inference-for-long-context-and-large-batch-sizes-with-nvfp4-kv-cache
 */
export const attentionPrecision = (dtype: KvDtype): "bf16" | "fp8" =>
  dtype === "fp8" || dtype === "nvfp4" ? "fp8" : "bf16";
