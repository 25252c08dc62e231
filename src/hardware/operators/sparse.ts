import { count, overhead, overlap, share } from "./constants.ts";
import { constantsOf } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { roofline } from "./roofline.ts";
import type { OperatorTime } from "./time.ts";

/** Which of the measured kernels: GLM-5.2's apart, or those inside the modules of DSA, CSA, at prefill or decode. */
export type SparseKernels = "glm52" | "dsa-prefill" | "dsa-decode" | "csa-prefill" | "csa-decode";

/** Scores of an index: so many queries, each over `keys` of the cache on average. */
export interface IndexShape {
  /** queries, of all requests */
  readonly queries: number;
  /** query-key pairs, of all requests: sum over queries of the keys that each scores */
  readonly pairs: number;
  /** keys that are read at least once, of all requests */
  readonly keys: number;
  readonly indexHeads: number;
  readonly indexDim: number;
  /** bytes of a key in the cache: 128 numbers in FP8 and a float32 scale, 132 */
  readonly keyBytes: number;
  readonly kernels: SparseKernels;
}

export const indexLogitsKernel = {
  name: "index-logits",
  constants: {
    overhead: overhead(8e-6),
    compute: share(0.5, "of peak FP8 arithmetic"),
    memory: share(0.7, "of HBM bandwidth"),
    overlap: overlap(4),
  },
} as const;

/** The lightning indexer: sum over heads of w ReLU(q . k), always in FP8; a float32 score a pair is written. */
export function indexLogits(machine: Machine, shape: IndexShape): OperatorTime {
  const { pairs, keys, indexHeads, indexDim, keyBytes, kernels } = shape;
  return roofline(
    machine,
    `index logits, ${indexHeads} heads of ${indexDim}`,
    { precision: "fp8", flops: 2 * pairs * indexHeads * indexDim, bytes: keys * keyBytes + 4 * pairs },
    constantsOf(machine, indexLogitsKernel, kernels),
  );
}

/** The best of each query's scores. */
export interface TopKShape {
  readonly queries: number;
  /** scores, of all queries */
  readonly pairs: number;
  readonly k: number;
  readonly kernels: SparseKernels;
}

export const topKKernel = {
  name: "top-k",
  constants: {
    overhead: overhead(15e-6),
    passes: count(2, 1, "times that the scores are read"),
    compute: share(1, "of peak arithmetic (none is done)"),
    memory: share(0.5, "of HBM bandwidth"),
    overlap: overlap(4),
  },
} as const;

/** Radix select over float32 scores: they are read `passes` times, k indices a query are written. */
export function topK(machine: Machine, { queries, pairs, k, kernels }: TopKShape): OperatorTime {
  const c = constantsOf(machine, topKKernel, kernels);
  return roofline(
    machine,
    `top ${k}`,
    { precision: "bf16", flops: 0, bytes: 4 * pairs * c.passes + 4 * queries * k },
    c,
  );
}

/** Attention of each query over rows chosen for it. */
export interface SparseShape {
  readonly queries: number;
  /** query-row pairs, of all queries: sum of min(visible, k) */
  readonly pairs: number;
  readonly queryHeads: number;
  /** of a score, and of an output */
  readonly keyDim: number;
  readonly valueDim: number;
  /** bytes of a row in the cache */
  readonly rowBytes: number;
  readonly precision: "bf16" | "fp8";
  readonly kernels: SparseKernels | "hca-prefill" | "hca-decode";
}

export const sparseAttentionKernel = {
  name: "sparse-attention",
  constants: {
    overhead: overhead(15e-6),
    compute: share(0.5, "of peak arithmetic"),
    memory: share(0.5, "of HBM bandwidth, rows gathered for each query"),
    overlap: overlap(2),
  },
} as const;

/** 2 H (dk + dv) operations a pair, all heads reading the same rows. */
export function sparseAttention(machine: Machine, shape: SparseShape): OperatorTime {
  const { queries, pairs, queryHeads, keyDim, valueDim, rowBytes, precision, kernels } = shape;
  const dims = keyDim + valueDim;
  return roofline(
    machine,
    `sparse attention, ${queryHeads} query heads`,
    {
      precision,
      flops: 2 * pairs * queryHeads * dims,
      bytes: pairs * rowBytes + 2 * queries * queryHeads * dims,
      exponentials: pairs * queryHeads,
    },
    constantsOf(machine, sparseAttentionKernel, kernels),
  );
}
