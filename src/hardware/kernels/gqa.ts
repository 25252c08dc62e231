import { kvDtypeBytes } from "../../core/dtype.ts";
import type { KvDtype } from "../../core/dtype.ts";
import { busy, count, overhead, overlap, share } from "../constants/constants.ts";
import { attentionPrecision } from "./dtypes.ts";
import type { Machine } from "./machine.ts";
import { causalPairs } from "./pairs.ts";
import { occupancy, roofline } from "./roofline.ts";
import { splitConstants, withMerging } from "./splits.ts";
import type { OperatorTime } from "./operator-time.ts";

/** Tokens of requests that are prefilled together. */
export interface PrefillTokens {
  readonly requests: number;
  /** of each request, in this chunk */
  readonly newTokens: number;
  /** of each request, already in the cache */
  readonly prefixTokens: number;
}

/** Requests that decode a token each, or check a draft. */
export interface DecodeTokens {
  readonly requests: number;
  /** tokens of each request in this step, which read its cache together; 1 by default */
  readonly newTokens?: number;
  /** of each request, in the cache */
  readonly contextTokens: number;
}

/** Heads of grouped-query attention on one GPU. */
export interface GqaHeads {
  readonly queryHeads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** of a value; headDim by default */
  readonly valueDim?: number;
  /** last tokens that are read; all tokens by default and for 0 */
  readonly window?: number;
  readonly kvDtype: KvDtype;
}

/** Numbers of a key and a value. */
const widthOf = ({ headDim, valueDim = headDim }: GqaHeads): number => headDim + valueDim;

export const gqaPrefillKernel = {
  name: "gqa-prefill",
  constants: {
    overhead: overhead(10e-6),
    compute: share(0.9, "of peak arithmetic"),
    exponentials: share(0.9, "of the special function units' exponentials"),
    memory: share(0.7, "of HBM bandwidth"),
    overlap: overlap(1),
    edge: count(
      64,
      0,
      "pairs beside those seen that tiles at the causal edge and the window's compute, a query",
    ),
    busy: busy(0.005, "of the GPU that 128 queries of a head keep busy"),
  },
} as const;

/** Time of causal attention of new tokens: 2 (d + dv) operations and an exponential for each query head and pair. */
export function gqaPrefill(machine: Machine, shape: GqaHeads & PrefillTokens): OperatorTime {
  const { requests, newTokens, prefixTokens, queryHeads, kvHeads, window = 0, kvDtype } = shape;
  const width = widthOf(shape);
  const precision = attentionPrecision(kvDtype);
  const c = machine.constants(gqaPrefillKernel, precision);
  const rows = requests * queryHeads * newTokens;
  const pairs =
    requests * queryHeads * causalPairs(newTokens, prefixTokens, window || Infinity) + rows * c.edge;
  const share = occupancy(requests * queryHeads * Math.ceil(newTokens / 128) * c.busy);
  const cache = kvHeads * (newTokens + prefixTokens) * width * kvDtypeBytes[kvDtype];
  const bytes = requests * (cache + queryHeads * newTokens * width * 2); // queries and outputs in bf16
  return roofline(
    machine,
    `attention prefill, ${queryHeads} query heads`,
    { precision, flops: 2 * width * pairs, bytes, exponentials: pairs },
    { ...c, compute: c.compute * share, exponentials: c.exponentials * share },
  );
}

export const gqaDecodeKernel = {
  name: "gqa-decode",
  constants: {
    overhead: overhead(10.5e-6),
    compute: share(0.9, "of peak arithmetic"),
    memory: share(0.9, "of HBM bandwidth"),
    overlap: overlap(4),
    ...splitConstants,
    head: overhead(1e-9, "of a head of a request, beside its cache"),
    again: count(0.5, 0, "cost of reading the cache again for each further 16 query heads, from L2"),
  },
} as const;

/** Most query heads a kv head of TensorRT-LLM's fast kernel; more go to a kernel that multiplies without tensor cores. */
const mostGrouped = 32;

/**
 * Time of one token of each request over its cache; K and V are read once for all query heads of a kv head. The fast
 * kernel splits each cache over processors and merges what they read.
 */
export function gqaDecode(machine: Machine, shape: GqaHeads & DecodeTokens): OperatorTime {
  const { requests, contextTokens, queryHeads, kvHeads, window = 0, kvDtype, newTokens = 1 } = shape;
  const width = widthOf(shape);
  const precision = attentionPrecision(kvDtype);
  const group = queryHeads / kvHeads;
  const grouped = group <= mostGrouped;
  const c = machine.constants(gqaDecodeKernel, grouped ? precision : `${precision}, over 32 queries a head`);
  const seen = Math.min(contextTokens, window || Infinity);
  const tokens = requests * seen;
  const heads = requests * (grouped ? kvHeads : queryHeads);
  const reads = grouped ? Math.ceil((group * newTokens) / 16) : 1;
  const around = c.overhead + heads * c.head;
  const time = roofline(
    machine,
    `attention decode, ${queryHeads} query heads`,
    {
      precision,
      flops: 2 * tokens * newTokens * queryHeads * width,
      bytes: tokens * kvHeads * width * kvDtypeBytes[kvDtype],
      exponentials: tokens * newTokens * queryHeads,
    },
    {
      ...c,
      overhead: around,
      memory: c.memory / (1 + c.again * (reads - 1)),
    },
  );
  return grouped ? withMerging(time, { ...c, overhead: around }, { count: heads, tokens: seen }) : time;
}
