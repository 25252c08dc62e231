import type { Tensor } from "../../core/tensor.ts";
import { tensor } from "../../core/tensor.ts";

/** Float64 zeros on the JavaScript heap. */
export const zeros64 = (...shape: number[]): Tensor =>
  tensor(new Float64Array(shape.reduce((a, b) => a * b, 1)), shape);
