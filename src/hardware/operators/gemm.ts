import { overhead, overlap, share } from "./constants.ts";
import { precisionBytes } from "./dtypes.ts";
import type { Precision } from "./dtypes.ts";
import { constantsOf } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { roofline } from "./roofline.ts";
import type { OperatorTime } from "./time.ts";

/** A product [m, k] x [k, n] on one GPU; k x n are the weights. */
export interface GemmShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly dtype: Precision;
}

export const gemmKernel = {
  name: "gemm",
  constants: {
    overhead: overhead(3e-6),
    compute: share(0.65, "of peak arithmetic"),
    memory: share(0.7, "of HBM bandwidth"),
    overlap: overlap(4),
  },
} as const;

/** 2 m n k operations; bytes w (n k + m k) + 2 m n, the output in bf16. */
export function gemm(machine: Machine, { m, n, k, dtype }: GemmShape): OperatorTime {
  const flops = 2 * m * n * k;
  const bytes = precisionBytes[dtype] * (n * k + m * k) + 2 * m * n;
  const c = constantsOf(machine, gemmKernel, dtype);
  return roofline(machine, `gemm ${m} x ${n} x ${k} ${dtype}`, { precision: dtype, flops, bytes }, c);
}
