import type { KvDtype } from "../../../core/dtype.ts";
import type { Precision } from "../../kernels/dtypes.ts";

/** What the measured tables call the operands of a product. */
export const operandDtypes: Readonly<Record<string, Precision>> = {
  bfloat16: "bf16",
  float16: "bf16",
  half: "bf16",
  fp8: "fp8",
  fp8_e4m3: "fp8",
  fp8_static: "fp8",
  fp8_block: "fp8-block",
  nvfp4: "nvfp4",
};

/** What they call the type of the cache. */
export const cacheDtypes: Readonly<Record<string, KvDtype>> = {
  bfloat16: "bf16",
  float16: "bf16",
  half: "bf16",
  fp8: "fp8",
  fp8_e4m3: "fp8",
  nvfp4: "nvfp4",
};

/** Bytes of an element that is sent. */
export const messageBytes: Readonly<Record<string, number>> = {
  bfloat16: 2,
  float16: 2,
  half: 2,
  float32: 4,
  int8: 1,
  fp8: 1,
  fp8_e4m3: 1,
  nvfp4: 0.5625,
};
