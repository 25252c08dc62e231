import type { Precision } from "../kernels/dtypes.ts";
import type { System } from "../system.ts";

/**
 * Formats that weights are stored in: bytes of a weight with its share of the scales. One float32 scale for the whole
 * matrix is not counted. Sources: DeepSeek-V3, README_WEIGHTS.md (fp8: a float32 scale for each block of 128 x 128); OCP
 * Microscaling Formats 1.0 (mxfp4, mxfp8: an 8-bit scale for each 32 weights); NVIDIA, NVFP4 (an E4M3 scale for each
 * 16); compressed-tensors, pack-quantized (int4: a bf16 scale for each group of 32); AutoAWQ and GPTQ (int4-128: an fp16
 * scale and a 4-bit zero point for each group of 128).
 */
export const weightFormatBytes = {
  bf16: 2,
  fp8: 1 + 4 / 128 ** 2,
  /** one scale for the whole matrix or for each row */
  "fp8-tensor": 1,
  mxfp8: 1 + 1 / 32,
  nvfp4: 0.5 + 1 / 16,
  mxfp4: 0.5 + 1 / 32,
  int4: 0.5 + 2 / 32,
  "int4-128": 0.5 + 2.5 / 128,
} as const;

/** A format that weights are stored in. */
export type WeightFormat = keyof typeof weightFormatBytes;

export const weightFormats = Object.keys(weightFormatBytes) as readonly WeightFormat[];

/** True for formats of 4 bits and scales. */
export const isFourBit = (format: WeightFormat): boolean => weightFormatBytes[format] < 0.6;

/**
 * Precision in which a GPU multiplies weights of a format. 4-bit integers are widened to bf16 (W4A16). MXFP4 multiplies
 * MXFP8 activations on GPUs with FP4 (W4A8) and is widened to bf16 elsewhere: TensorRT-LLM, _torch/model_config.py,
 * get_mxfp4_quant_algo. NVFP4 is widened to bf16 on GPUs without FP4: vLLM, prepare_fp4_layer_for_marlin.
 */
export function productOf(format: WeightFormat, { gpu }: Pick<System, "gpu">): Precision {
  switch (format) {
    case "bf16":
      return "bf16";
    case "fp8":
      return "fp8-block";
    case "fp8-tensor":
    case "mxfp8":
      return "fp8";
    case "nvfp4":
      return gpu.fp4 ? "nvfp4" : "w4a16-nvfp4";
    case "mxfp4":
      return gpu.fp4 ? "w4a8-mxfp4" : "w4a16-mxfp4";
    case "int4":
    case "int4-128":
      return "w4a16-int4";
  }
}

/** Precisions in which weights of a format can be multiplied, by the names that users write. */
export const productsOf: Readonly<Record<WeightFormat, Readonly<Record<string, Precision>>>> = {
  bf16: { bf16: "bf16" },
  fp8: { fp8: "fp8-block" },
  "fp8-tensor": { fp8: "fp8" },
  mxfp8: { fp8: "fp8" },
  nvfp4: { nvfp4: "nvfp4", w4a16: "w4a16-nvfp4" },
  mxfp4: { w4a16: "w4a16-mxfp4", w4a8: "w4a8-mxfp4" },
  int4: { w4a16: "w4a16-int4" },
  "int4-128": { w4a16: "w4a16-int4" },
};
