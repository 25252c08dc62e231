import { kvDtypeBytes } from "../../core/dtype.ts";
import {
  compressedMatrices,
  compressedModuleDecode,
  compressedModulePrefill,
} from "../kernels/compressed-module.ts";
import type { CompressedDims } from "../kernels/compressed-module.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import { compressedRecord } from "../../core/record.ts";
import type { Part } from "../serving/replica.ts";
import type { AttentionLayer, AttentionRank, AttentionSharing, Count } from "./layer.ts";
import type { Streams } from "./streams.ts";
import { moduleOf, recordRates, shareOf, specOf, tokensOf, withSearch } from "./parts.ts";

/**
 * DeepSeek-V4: one key-value record of headDim numbers for each `pool` tokens and each of the last `window`; with an
 * indexer a query reads the best records (CSA), without one all (HCA). Query and output projections are of low rank.
 */
export interface CompressedAttention extends Streams {
  readonly kind: "compressed";
  readonly queryHeads: Count;
  readonly headDim: Count;
  readonly queryRank: Count;
  readonly outputGroups: Count;
  readonly outputRank: Count;
  /** tokens from one record to the next; without it no tokens are pooled and a query reads its window alone */
  readonly pool?: Count;
  readonly window: Count;
  readonly indexer?: { readonly heads: Count; readonly headDim: Count; readonly read: Count };
}

/** Fields that define the search of the cache. A layer without them still has its window. */
const searched = ["pool", "indexer"] as const;

export function compressedLayer(attention: CompressedAttention): AttentionLayer {
  const { pool, window, indexer } = attention;
  const queryHeads = attention.queryHeads.value;
  const headDim = attention.headDim.value;
  return {
    queryHeads,
    kvHeads: 1,
    outputHeads: queryHeads,
    outputWidth: queryHeads * headDim,
    reachesAll: pool !== undefined,
    variant: variantOf(attention),
    ...(indexer && {
      index: {
        flops: (tokens) => 2 * indexer.heads.value * indexer.headDim.value * (tokens / (pool?.value ?? 1)),
        precision: "fp4",
      },
    }),
    matrices: (hidden, sharing) => compressedMatrices(dimsOf(attention, hidden, sharing)),
    // a record is both key and value
    shape: (tokens, dtype) => ({
      tokens,
      queryHeads,
      kvHeads: 1,
      headDim,
      bytesPerElement: kvDtypeBytes[dtype],
      rowBytes: compressedRecord(headDim, kvDtypeBytes[dtype]),
    }),
    rowBytes: (dtype) => compressedRecord(headDim, kvDtypeBytes[dtype]) / (pool?.value ?? 1),
    splitCache: (ranks) =>
      compressedLayer({
        ...attention,
        window: shareOf(window, ranks),
        ...(indexer && { indexer: { ...indexer, read: shareOf(indexer.read, ranks) } }),
      }),
    searching: (search) => compressedLayer(withSearch(attention, searched, search)),
    time: (rank, part) => timeOf(attention, rank, part),
    rates: (rank, phase) => recordRates(rank, phase, queryHeads),
  };
}

function variantOf({ headDim: width, pool, window, indexer }: CompressedAttention): string {
  if (!pool) return `sink-window(sinks=0,window=${window.value})`;
  return indexer
    ? specOf("csa", {
        pool,
        window,
        k: indexer.read,
        indexHeads: indexer.heads,
        indexDim: indexer.headDim,
        width,
      })
    : specOf("hca", { pool, window, width });
}

function dimsOf(
  { queryHeads, headDim, queryRank, outputGroups, outputRank, pool, indexer }: CompressedAttention,
  hidden: number,
  { tp, outputRanks }: AttentionSharing,
): CompressedDims {
  return {
    hidden,
    queryHeads: queryHeads.value / tp,
    outputRanks,
    queryRank: queryRank.value,
    headDim: headDim.value,
    heads: queryHeads.value,
    outputGroups: outputGroups.value,
    outputRank: outputRank.value,
    pool: pool?.value ?? Infinity,
    ...(indexer && {
      index: { heads: indexer.heads.value, dim: indexer.headDim.value, topK: indexer.read.value },
    }),
  };
}

function timeOf(attention: CompressedAttention, rank: AttentionRank, part: Part): OperatorTime {
  const shape = {
    ...moduleOf(rank),
    ...dimsOf(attention, rank.hidden, rank),
    ...tokensOf(part),
    window: attention.window.value,
    recordBytes: compressedRecord(attention.headDim.value, kvDtypeBytes[rank.kvDtype]),
  };
  return part.phase === "prefill"
    ? compressedModulePrefill(rank.machine, shape)
    : compressedModuleDecode(rank.machine, shape);
}
