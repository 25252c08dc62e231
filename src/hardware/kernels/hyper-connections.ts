import { overhead, share } from "../constants/constants.ts";
import type { Machine } from "./machine.ts";
import { roofline } from "./roofline.ts";
import type { WeightMatrix } from "./modules.ts";
import { sequence } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";

/**
 * Manifold-constrained hyper-connections of one layer: in place of one residual, a token has `streams` of them. Each
 * half of the layer, attention and feed-forward, reads a mix of the streams; its output is added to all of them, which
 * are mixed among each other by a doubly stochastic matrix. Weights of the mixes are computed from the token's streams.
 * Xie et al. 2025, arXiv 2512.24880; DeepSeek-V4's inference/model.py (hc_pre and hc_post).
 */
export interface HyperConnectionsShape {
  readonly tokens: number;
  readonly hidden: number;
  readonly streams: number;
  /** rank of gated residuals' mix; none in manifold-constrained hyper-connections */
  readonly rank?: number;
}

/** Halves of a layer, each with connections of its own. */
const halves = 2;

/**
 * Matrices of a layer: from all streams to the weights of what is read, of what is added, and of the mix. Gated residuals
 * (transformers, modular_qwen4_exp.py, Qwen4ExpTextGatedResidual) have a gate for each channel of each stream, through a
 * rank, and weights of what is added.
 */
export function hyperConnectionMatrices(
  hidden: number,
  streams: number,
  rank?: number,
): readonly WeightMatrix[] {
  const all = streams * hidden;
  const half: readonly WeightMatrix[] =
    rank === undefined
      ? [[all, streams * (streams + 2)]]
      : [
          [all, rank],
          [rank, all],
          [all, streams],
        ];
  return Array.from({ length: halves }, () => half).flat();
}

export const hyperConnectionsKernel = {
  name: "hyper-connections",
  constants: {
    overhead: overhead(10e-6, "of both halves of a layer"),
    memory: share(0.6, "of HBM bandwidth over each stream read once and written once"),
  },
} as const;

/** Parts of hyper-connections: `pre` computes the weights and the mix that is read, `post` makes the new streams. */
export const hyperConnectionParts = ["pre", "post"] as const;
export type HyperConnectionPart = (typeof hyperConnectionParts)[number];

/**
 * Time of one part, for both halves of a layer. Streams and what is read or added are in bf16, the matrix in float32;
 * `pre` has 2 n h (n + 2) n operations a token in bf16 and reads n + 1 rows, `post` reads and writes 2 n + 1 rows.
 */
export function hyperConnectionTime(
  machine: Machine,
  part: HyperConnectionPart,
  { tokens, hidden, streams, rank }: HyperConnectionsShape,
): OperatorTime {
  const matrices = hyperConnectionMatrices(hidden, streams, rank);
  const weights = part === "pre" ? matrices.reduce((sum, [rows, columns]) => sum + rows * columns, 0) : 0;
  const rows = part === "pre" ? streams + 1 : 2 * streams + 1;
  return roofline(
    machine,
    `hyper-connections, ${part}`,
    {
      precision: "bf16",
      flops: 2 * tokens * weights,
      bytes: halves * tokens * rows * hidden * 2 + 4 * weights,
      weights,
    },
    { ...machine.constants(hyperConnectionsKernel, part), compute: 1, overlap: Infinity },
  );
}

/** Time of the hyper-connections of a layer. */
export const hyperConnections = (machine: Machine, shape: HyperConnectionsShape): OperatorTime =>
  sequence(
    `hyper-connections of ${shape.streams} streams`,
    hyperConnectionParts.map((part) => hyperConnectionTime(machine, part, shape)),
  );
