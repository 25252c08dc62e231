import { overhead, overlap, share } from "./constants.ts";
import { precisionBytes } from "./dtypes.ts";
import type { Precision } from "./dtypes.ts";
import { constantsOf } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { roofline } from "./roofline.ts";
import type { OperatorTime } from "./time.ts";

/** The routed experts of one layer on one rank. */
export interface MoeShape {
  /** tokens of all ranks that share the experts */
  readonly tokens: number;
  readonly hidden: number;
  /** of one expert, before tensor parallelism */
  readonly intermediate: number;
  readonly topK: number;
  readonly experts: number;
  /** ranks that share each expert's matrices */
  readonly tensorParallel: number;
  /** ranks that share the experts */
  readonly expertParallel: number;
  readonly dtype: Precision;
  /** exponent of a power law of the experts' load; absent or 0: even */
  readonly skew?: number;
}

export const moeKernel = {
  name: "moe",
  constants: {
    overhead: overhead(35e-6),
    compute: share(0.45, "of peak arithmetic"),
    memory: share(0.7, "of HBM bandwidth"),
    overlap: overlap(4),
  },
} as const;

/**
 * Three products of each token with each of its experts here, 2 T k 3 h i / EP operations; weights of the experts
 * that some token is sent to, E/EP (1 - (1 - k/E)^T) of them.
 */
export function moe(machine: Machine, shape: MoeShape): OperatorTime {
  const { tokens, hidden, topK, experts, tensorParallel, expertParallel, dtype } = shape;
  const matrices = (3 * hidden * shape.intermediate) / tensorParallel;
  const here = experts / expertParallel;
  const touched = here * (1 - (1 - topK / experts) ** tokens);
  const sent = (tokens * topK) / expertParallel;
  return roofline(
    machine,
    `experts, ${here} of ${experts} here`,
    {
      precision: dtype,
      flops: 2 * sent * matrices,
      bytes: touched * matrices * precisionBytes[dtype] + 2 * 2 * hidden * (tokens + sent),
    },
    constantsOf(machine, moeKernel, dtype),
  );
}
