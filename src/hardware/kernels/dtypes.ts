import { kvDtypeBytes } from "../../core/dtype.ts";
import type { KvDtype } from "../../core/dtype.ts";

/** Bytes of an operand of a product, scales included: bf16, E4M3, or E2M1 in blocks of 16 with an E4M3 scale. */
export const precisionBytes = {
  bf16: kvDtypeBytes.bf16,
  fp8: kvDtypeBytes.fp8,
  /** one scale for each block of 128 x 128 weights (not counted) */
  "fp8-block": kvDtypeBytes.fp8,
  nvfp4: kvDtypeBytes.nvfp4,
} as const;

/** Format of a product's operands. */
export type Precision = keyof typeof precisionBytes;

/** Precision of products by the format that the weights are stored in: FP8 in blocks, as DeepSeek and Qwen store it. */
export const precisionOf = { bf16: "bf16", fp8: "fp8-block", nvfp4: "nvfp4" } as const;

/** Format that weights are stored in. */
export type WeightDtype = keyof typeof precisionOf;

export const weightDtypes = Object.keys(precisionOf) as readonly WeightDtype[];

/** Bytes of a stored weight. */
export const weightDtypeBytes: Readonly<Record<WeightDtype, number>> = {
  bf16: precisionBytes.bf16,
  fp8: precisionBytes["fp8-block"],
  nvfp4: precisionBytes.nvfp4,
};

/**
 * Precision in which attention multiplies, by the dtype of the cache. NVFP4 caches are widened to FP8:
 * https://developer.nvidia.com/blog/optimizing-inference-for-long-context-and-large-batch-sizes-with-nvfp4-kv-cache
 */
export const attentionPrecision = (dtype: KvDtype): "bf16" | "fp8" =>
  dtype === "fp8" || dtype === "nvfp4" ? "fp8" : "bf16";
