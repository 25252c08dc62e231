import { count, overhead, overlap, share } from "../constants/constants.ts";
import type { Machine } from "./machine.ts";
import { roofline } from "./roofline.ts";
import type { OperatorTime } from "./operator-time.ts";

/** Measured kernels: those of GLM-5.2, measured alone, or those inside the modules of DSA and CSA, at prefill or decode. */
export type SparseKernels =
  "glm52" | "glm52 ties" | "dsa-prefill" | "dsa-decode" | "csa-prefill" | "csa-decode";

/** Scores of an index: each query scores keys of its cache. */
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

/** Time of the lightning indexer: the sum over heads of w ReLU(q . k), always in FP8; it writes a float32 score a pair. */
export function indexLogits(machine: Machine, shape: IndexShape): OperatorTime {
  const { pairs, keys, indexHeads, indexDim, keyBytes, kernels } = shape;
  return roofline(
    machine,
    `index logits, ${indexHeads} heads of ${indexDim}`,
    { precision: "fp8", flops: 2 * pairs * indexHeads * indexDim, bytes: keys * keyBytes + 4 * pairs },
    machine.constants(indexLogitsKernel, kernels),
  );
}

/** Choice of each query's best scores. */
export interface TopKShape {
  readonly queries: number;
  /** queries that have more than k scores, while the others take all of theirs; all queries by default */
  readonly selecting?: number;
  /** scores of the queries that select */
  readonly pairs: number;
  readonly k: number;
  readonly kernels: SparseKernels;
}

export const topKKernel = {
  name: "top-k",
  constants: {
    overhead: overhead(15e-6),
    passes: count(2, 1, "times that the scores are read"),
    query: overhead(5e-9, "of a query"),
    select: overhead(20e-9, "of a query that selects: histograms of its scores and the sort of what is left"),
    memory: share(0.5, "of HBM bandwidth"),
  },
} as const;

/** Scores beyond which SGLang's decode selects with several blocks a row; measured between 16K and 32K. */
const longRow = 16_384;

/** Time of radix select over float32 scores, which are read `passes` times; k indices a query are written. */
export function topK(
  machine: Machine,
  { queries, selecting = queries, pairs, k, kernels }: TopKShape,
): OperatorTime {
  const long = kernels === "csa-decode" && pairs > longRow * queries;
  const c = machine.constants(topKKernel, long ? `${kernels}, long rows` : kernels);
  const each = queries * c.query + selecting * c.select;
  return roofline(
    machine,
    `top ${k}`,
    { precision: "bf16", flops: 0, bytes: 4 * pairs * c.passes + 4 * queries * k },
    { ...c, overhead: c.overhead + each, compute: 1, overlap: 1 },
  );
}

/** Attention of each query over rows chosen for it. */
export interface SparseShape {
  readonly queries: number;
  /** query-row pairs, of all queries: sum of min(visible, k) */
  readonly pairs: number;
  readonly queryHeads: number;
  /** rows that queries choose from, of all requests; default: no query chooses the rows of another */
  readonly keys?: number;
  /** of a score, and of an output */
  readonly keyDim: number;
  readonly valueDim: number;
  /** bytes of a row in the cache */
  readonly rowBytes: number;
  readonly precision: "bf16" | "fp8";
  readonly kernels: SparseKernels | "hca-prefill" | "hca-decode" | `${"csa" | "hca"}-prefill, many queries`;
}

export const sparseAttentionKernel = {
  name: "sparse-attention",
  constants: {
    overhead: overhead(15e-6),
    compute: share(0.5, "of peak arithmetic"),
    memory: share(0.5, "of HBM bandwidth, rows gathered for each query"),
    overlap: overlap(2),
    rows: count(32, 0, "rows of padding of each query's choice"),
    again: { ...share(1, "of further reads of a row, which miss the L2 cache"), ideal: 0 },
  },
} as const;

/** Time of 2 H (dk + dv) operations a pair; all heads read the same rows. */
export function sparseAttention(machine: Machine, shape: SparseShape): OperatorTime {
  const {
    queries,
    pairs,
    queryHeads,
    keys = Infinity,
    keyDim,
    valueDim,
    rowBytes,
    precision,
    kernels,
  } = shape;
  const c = machine.constants(sparseAttentionKernel, kernels);
  const dims = keyDim + valueDim;
  const padded = pairs + queries * c.rows;
  const once = Math.min(padded, keys);
  const rows = once + c.again * (padded - once);
  return roofline(
    machine,
    `sparse attention, ${queryHeads} query heads`,
    {
      precision,
      flops: 2 * padded * queryHeads * dims,
      bytes: rows * rowBytes + 2 * queries * queryHeads * dims,
      exponentials: pairs * queryHeads,
    },
    c,
  );
}
