import { formatCount } from "../../core/units.ts";
import { count, hidden, overhead, overlap, share } from "../constants/constants.ts";
import { weightBytesOf } from "./dtypes.ts";
import type { Precision } from "./dtypes.ts";
import type { Machine } from "./machine.ts";
import type { RankLoad } from "./routing.ts";
import { roofline } from "./roofline.ts";
import { withPass } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";

/** The routed experts of one layer on one rank. */
export interface MoeShape {
  /** tokens that the rank is given: all that the ranks share, or those that an exchange has sent to it */
  readonly tokens: number;
  readonly hidden: number;
  /** of one expert, before tensor parallelism */
  readonly intermediate: number;
  readonly experts: number;
  /** ranks that share each expert's matrices */
  readonly tensorParallel: number;
  /** ranks that share the experts */
  readonly expertParallel: number;
  readonly dtype: Precision;
  /** an expert has two matrices and no gate */
  readonly ungated?: true;
  /** of this rank, which is the busiest one */
  readonly load: RankLoad;
}

export const moeKernel = {
  name: "moe",
  constants: {
    overhead: overhead(35e-6),
    compute: share(0.45, "of peak arithmetic"),
    memory: share(0.7, "of HBM bandwidth"),
    overlap: overlap(4),
    rows: count(32, 0, "rows of padding for each expert that has tokens"),
    expert: overhead(0.1e-6, "of each expert that has tokens"),
    activations: hidden(0.3, "of HBM bandwidth, over rows that are permuted and summed"),
  },
} as const;

/**
 * Time of the busiest rank: three products of each token with each of its experts there (two without a gate), 2 T k 3 h i /
 * EP operations; the
 * weights of all experts that have tokens; rows that are permuted before and summed after. The sums of all tokens that the
 * rank is given are written, zeros among them. After an exchange these are only those that it was sent
 * (`finalizeMoeRoutingNoFillingKernel` of TensorRT-LLM's moe_kernels.cu).
 */
export function moe(machine: Machine, shape: MoeShape): OperatorTime {
  const { hidden, intermediate, tokens, experts, tensorParallel, expertParallel, dtype } = shape;
  const c = machine.constants(moeKernel, dtype);
  const width = intermediate / tensorParallel;
  const { pairs, touched } = shape.load;
  const matrices = (shape.ungated ? 2 : 3) * hidden * width;
  const rows = tokens + 2 * pairs;
  const products = roofline(
    machine,
    `experts, ${formatCount(experts / expertParallel)} of ${experts} here`,
    {
      precision: dtype,
      flops: 2 * (pairs + touched * c.rows) * matrices,
      bytes: touched * matrices * weightBytesOf[dtype],
      weights: (experts / expertParallel) * matrices,
    },
    { ...c, overhead: c.overhead + touched * c.expert },
  );
  const bytes = 2 * 2 * (rows * hidden + pairs * width);
  const moved = bytes / (machine.system.gpu.hbmBandwidth.value * c.activations);
  return withPass(products, "rows", bytes, moved);
}
