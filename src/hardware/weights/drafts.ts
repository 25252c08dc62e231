import type { PartWeights, Weights } from "./choice.ts";
import { everyPart, storedIn } from "./parts.ts";
import type { WeightPart } from "./parts.ts";

/**
 * Weights of the layer that drafts. Checkpoints in NVFP4 are quantised after training, without this layer: it stays in
 * bf16. Sources: TensorRT-LLM, tech blog 1, "Precision strategy"; SGLang, environment_variables.md,
 * SGLANG_NVFP4_CKPT_FP8_NEXTN_MOE, which rounds it to FP8 on request alone.
 */
export function draftWeights(weights: Weights): Weights {
  const of = (part: WeightPart): PartWeights =>
    weights[part].format === "nvfp4" ? { ...storedIn("bf16"), product: "bf16" } : weights[part];
  return everyPart(of);
}
