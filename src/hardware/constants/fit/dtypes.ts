import type { KvDtype } from "../../../core/dtype.ts";
import { precisionBytes } from "../../kernels/dtypes.ts";
import type { Precision } from "../../kernels/dtypes.ts";

/** Types of elements by their names in the measured tables; half precision counts as bf16. */
const elements = {
  bfloat16: "bf16",
  float16: "bf16",
  half: "bf16",
  fp8: "fp8",
  fp8_e4m3: "fp8",
  nvfp4: "nvfp4",
} as const;

/** Operands of a product, by the tables' names. */
export const operandDtypes: Readonly<Record<string, Precision>> = {
  ...elements,
  fp8_static: "fp8",
  fp8_block: "fp8-block",
};

/** Elements of a cache, by the tables' names. */
export const cacheDtypes: Readonly<Record<string, KvDtype>> = elements;

/** Bytes of an element that is sent, by the tables' names. */
export const messageBytes: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.entries(elements).map(([name, dtype]) => [name, precisionBytes[dtype]])),
  float32: 4,
  int8: 1,
};
