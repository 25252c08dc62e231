import { kvDtypeBytes } from "../../core/dtype.ts";
import type { KvDtype } from "../../core/dtype.ts";
import { count, overhead, overlap, share } from "../constants/constants.ts";
import { attentionPrecision } from "./dtypes.ts";
import type { DecodeTokens, PrefillTokens } from "./gqa.ts";
import type { Machine } from "./machine.ts";
import { causalPairs } from "./pairs.ts";
import { roofline } from "./roofline.ts";
import { splitConstants, withMerging } from "./splits.ts";
import type { OperatorTime } from "./operator-time.ts";

/** Heads of multi-head latent attention on one GPU. Default dimensions are DeepSeek's. */
export interface MlaHeads {
  readonly queryHeads: number;
  readonly kvDtype: KvDtype;
  /** of a key without its rope part */
  readonly keyDim?: number;
  readonly rope?: number;
  readonly valueDim?: number;
  readonly latent?: number;
  /** last tokens that are read; all tokens by default and for 0 */
  readonly window?: number;
}

export const mlaPrefillKernel = {
  name: "mla-prefill",
  constants: {
    overhead: overhead(15e-6),
    compute: share(0.9, "of peak arithmetic"),
    exponentials: share(0.9, "of the special function units' exponentials"),
    memory: share(0.7, "of HBM bandwidth"),
    overlap: overlap(1),
  },
} as const;

/** Time of unabsorbed attention: each head has keys of keyDim + rope and values of valueDim; 2 (dqk + dv) FLOP a pair. */
export function mlaPrefill(machine: Machine, shape: MlaHeads & PrefillTokens): OperatorTime {
  const { requests, newTokens, prefixTokens, queryHeads, kvDtype, window = 0 } = shape;
  const { keyDim = 128, rope = 64, valueDim = 128 } = shape;
  const precision = attentionPrecision(kvDtype);
  const pairs = requests * queryHeads * causalPairs(newTokens, prefixTokens, window || Infinity);
  const dims = keyDim + rope + valueDim;
  const bytes = requests * queryHeads * dims * 2 * (2 * newTokens + prefixTokens); // Q, K, V and outputs in bf16
  return roofline(
    machine,
    `MLA prefill, ${queryHeads} query heads`,
    { precision, flops: 2 * dims * pairs, bytes, exponentials: pairs },
    machine.constants(mlaPrefillKernel, precision),
  );
}

export const mlaDecodeKernel = {
  name: "mla-decode",
  constants: {
    overhead: overhead(15e-6),
    compute: share(0.75, "of peak arithmetic"),
    memory: share(0.75, "of HBM bandwidth"),
    overlap: overlap(4),
    ...splitConstants,
    again: count(0.5, 0, "cost of reading the cache again for each further 16 heads, from L2"),
  },
} as const;

/** TensorRT-LLM takes up to 32 heads in tiles of 16, each of which reads the cache, and more in one tile of 64 or 128. */
const fewHeads = 32;

/** Case of the decode kernel for this number of query heads. */
export const mlaDecodeCase = (precision: string, queryHeads: number): string =>
  `${precision}, ${queryHeads <= fewHeads ? "up to 32" : queryHeads <= 64 ? "up to 64" : "more"} heads`;

/**
 * Time of absorbed attention: all heads read one record of latent + rope; 2 H (2 latent + rope) operations a token. Each
 * cache is split over processors, and what they read is merged.
 */
export function mlaDecode(machine: Machine, shape: MlaHeads & DecodeTokens): OperatorTime {
  const { requests, contextTokens, queryHeads, kvDtype, window = 0, latent = 512, rope = 64 } = shape;
  const { newTokens = 1 } = shape;
  const precision = attentionPrecision(kvDtype);
  const few = queryHeads <= fewHeads;
  const c = machine.constants(mlaDecodeKernel, mlaDecodeCase(precision, queryHeads));
  const seen = Math.min(contextTokens, window || Infinity);
  const tokens = requests * seen;
  const bytes = tokens * (latent + rope) * kvDtypeBytes[kvDtype];
  const reads = Math.ceil((newTokens * queryHeads) / (few ? 16 : 128));
  const time = roofline(
    machine,
    `MLA decode, ${queryHeads} query heads`,
    {
      precision,
      flops: 2 * tokens * newTokens * queryHeads * (2 * latent + rope),
      bytes,
      exponentials: tokens * newTokens * queryHeads,
    },
    { ...c, memory: c.memory / (1 + c.again * (reads - 1)) },
  );
  return withMerging(time, c, { count: requests, tokens: seen });
}
