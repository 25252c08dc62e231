import { attentionPrecision } from "./dtypes.ts";
import type { DecodeTokens, PrefillTokens } from "./gqa.ts";
import type { Machine } from "./machine.ts";
import { activationsOf, glue, projections } from "./modules.ts";
import type { WeightMatrix, ModuleDims, ModuleShape } from "./modules.ts";
import { causalPairs } from "./pairs.ts";
import { indexLogits, sparseAttention, topK } from "./sparse.ts";
import { sequence } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";

/** Dimensions of DeepSeek-V4's attention of one layer on one GPU. */
export interface CompressedDims extends ModuleDims {
  readonly queryRank: number;
  readonly headDim: number;
  /** query heads of the whole layer: GPUs share groups of the output like heads */
  readonly heads: number;
  readonly outputGroups: number;
  readonly outputRank: number;
  /** tokens from one entry to the next; Infinity without pooling */
  readonly pool: number;
  /** index of CSA, which chooses the entries that are read; HCA reads all entries */
  readonly index?: {
    readonly heads: number;
    readonly dim: number;
    readonly topK: number;
    /** entries that are scored; all by default */
    readonly candidates?: number;
    /** an earlier layer's index chose: nothing is scored */
    readonly lent?: true;
  };
  /** entries pool the tokens of their own, and are made here or by an earlier layer (DeepSeek-V4.1) */
  readonly records?: "lends" | "borrows";
}

/** DeepSeek-V4's attention of one layer, projections included, on one GPU. Keys serve as values. */
export interface CompressedModuleShape extends CompressedDims, ModuleShape {
  /** last tokens, which are read without compression */
  readonly window: number;
  /** bytes of an entry or token in the cache: 584 in FP8 with rope in bf16 and scales */
  readonly recordBytes?: number;
}

/**
 * Matrices of query down with keys, query up, compressor (values and gates), grouped output down, output up, and index.
 * Sources: transformers, modeling_deepseek_v4.py; modular_deepseek_v41.py at 0a2080b.
 */
export function compressedMatrices(s: CompressedDims): readonly WeightMatrix[] {
  const groups = Math.max(1, Math.round((s.outputGroups * s.queryHeads) / s.heads));
  return [
    [s.hidden, s.queryRank + s.headDim],
    [s.queryRank, s.queryHeads * s.headDim],
    ...compressorMatrices(s),
    [(s.queryHeads * s.headDim) / groups, groups * s.outputRank],
    [(groups * s.outputRank) / (s.outputRanks ?? 1), s.hidden],
    ...indexMatrices(s),
  ];
}

/** Values and gates of entries; those of CSA also pool the tokens of the entry before. An entry of one token has no gate. */
function compressorMatrices({ hidden, headDim, pool, index, records }: CompressedDims): WeightMatrix[] {
  if (pool === Infinity || records === "borrows") return [];
  if (records) return [[hidden, (pool > 1 ? 2 : 1) * headDim]];
  return [[hidden, (index ? 4 : 2) * headDim]];
}

/** Index queries and weights, with a compressor of its own, or in V4.1 a projection of the entries to its keys. */
function indexMatrices({ hidden, headDim, queryRank, index, records }: CompressedDims): WeightMatrix[] {
  if (!index || index.lent) return [];
  const queries: WeightMatrix = [queryRank, index.heads * index.dim];
  if (!records) return [queries, [hidden, 4 * index.dim + index.heads]];
  const keys: WeightMatrix[] = records === "lends" ? [[headDim, index.dim]] : [];
  return [queries, [hidden, index.heads], ...keys];
}

/** Time of prefill: a query reads its window, and all entries before it or the best of them. */
export function compressedModulePrefill(
  machine: Machine,
  shape: CompressedModuleShape & PrefillTokens,
): OperatorTime {
  const { requests, newTokens, prefixTokens, pool, index, window } = shape;
  const entries = (limit?: number): number =>
    (requests * causalPairs(newTokens, prefixTokens, limit === undefined ? undefined : limit * pool)) / pool;
  return compressedModule(machine, shape, "prefill", {
    queries: requests * newTokens,
    keys: (requests * (newTokens + prefixTokens)) / pool,
    scored: entries(index?.candidates),
    read: requests * causalPairs(newTokens, prefixTokens, window) + entries(index?.topK),
    entries: (newTokens + prefixTokens) / pool,
  });
}

/** Time of decoding: each query reads its window and its entries; CSA first scores all entries. */
export function compressedModuleDecode(
  machine: Machine,
  shape: CompressedModuleShape & DecodeTokens,
): OperatorTime {
  const { requests, contextTokens, newTokens = 1, pool, index, window } = shape;
  const entries = Math.floor(contextTokens / pool);
  const queries = requests * newTokens;
  return compressedModule(machine, shape, "decode", {
    queries,
    keys: requests * Math.min(entries, index?.candidates ?? Infinity),
    scored: queries * Math.min(entries, index?.candidates ?? Infinity),
    read: queries * (Math.min(window, contextTokens) + Math.min(entries, index?.topK ?? Infinity)),
    entries,
  });
}

interface CompressedReads {
  readonly queries: number;
  /** entries that the index scores */
  readonly keys: number;
  /** pairs of a query and an entry that its index scores, and pairs that are read */
  readonly scored: number;
  readonly read: number;
  /** most entries that a query sees; the index runs only if they are more than it would choose */
  readonly entries: number;
}

/** Number of queries beyond which SGLang's prefill is twice as fast; measured between 10,240 and 12,288. */
const manyQueries = 11_264;

function compressedModule(
  machine: Machine,
  shape: CompressedModuleShape,
  phase: "prefill" | "decode",
  { queries, keys, scored: pairs, read, entries }: CompressedReads,
): OperatorTime {
  const { queryHeads, headDim, weights, kvDtype, index, recordBytes = 584 } = shape;
  const kind = index ? "csa" : "hca";
  const matrices = compressedMatrices(shape);
  const scored =
    index && !index.lent && entries > index.topK
      ? [
          indexLogits(machine, {
            queries,
            pairs,
            keys,
            indexHeads: index.heads,
            indexDim: index.dim,
            keyBytes: index.dim / 2 + index.dim / 32, // MXFP4: a byte of scale for each 32
            kernels: `csa-${phase}`,
          }),
          topK(machine, { queries, pairs, k: index.topK, kernels: `csa-${phase}` }),
        ]
      : [];
  return sequence(`${kind.toUpperCase()} module, ${phase}`, [
    ...projections(machine, queries, weights, matrices),
    ...scored,
    sparseAttention(machine, {
      queries,
      pairs: read,
      queryHeads,
      keyDim: headDim,
      valueDim: headDim,
      rowBytes: recordBytes,
      precision: "bf16",
      kernels:
        phase === "prefill" && queries > manyQueries ? `${kind}-prefill, many queries` : `${kind}-${phase}`,
    }),
    glue(
      machine,
      `${kind}-${phase}`,
      `${weights} ${attentionPrecision(kvDtype)}`,
      activationsOf(queries, matrices),
    ),
  ]);
}
