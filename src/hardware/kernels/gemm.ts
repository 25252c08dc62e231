import { formatCount } from "../../core/units.ts";
import { busy, hidden, overhead, overlap, share } from "../constants/constants.ts";
import { precisionBytes, weightBytesOf } from "./dtypes.ts";
import type { Precision } from "./dtypes.ts";
import type { Machine } from "./machine.ts";
import { occupancy, roofline } from "./roofline.ts";
import { withPass } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";

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
    busy: busy(0.01, "of the GPU that a tile of 128 x 128 outputs keeps busy for each 1024 of k"),
    operands: hidden(1, "of HBM bandwidth, over the rows of the left operand when they are rounded first"),
  },
} as const;

/**
 * Time of 2 m n k operations and w n k + a m k + 2 m n bytes: weights of w bytes, activations of a, the output in bf16. The
 * left operand comes in bf16; for a narrower one it is first read, rounded and written in a separate pass.
 */
export function gemm(machine: Machine, { m, n, k, dtype }: GemmShape): OperatorTime {
  const c = machine.constants(gemmKernel, dtype);
  const width = precisionBytes[dtype];
  const weights = weightBytesOf[dtype] * n * k;
  const share = occupancy(Math.ceil(m / 128) * Math.ceil(n / 128) * Math.ceil(k / 1024) * c.busy);
  const product = roofline(
    machine,
    `gemm ${formatCount(m)} x ${formatCount(n)} x ${formatCount(k)} ${dtype}`,
    { precision: dtype, flops: 2 * m * n * k, bytes: weights + width * m * k + 2 * m * n, weights: n * k },
    { ...c, compute: c.compute * share, memory: c.memory * share },
  );
  if (width === precisionBytes.bf16) return product;
  const bytes = m * k * (2 + width);
  return withPass(product, "rounding", bytes, bytes / (machine.system.gpu.hbmBandwidth.value * c.operands));
}
