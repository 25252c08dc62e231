import type { StepCost, StepShape } from "../../core/cost.ts";
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

/** Index of a compressed layer. */
interface RecordIndex {
  readonly heads: Count;
  readonly headDim: Count;
  readonly read: Count;
  /** records that it scores, those of blocks that an earlier layer chose; all without it (DeepSeek-V4.1) */
  readonly candidates?: Count;
  /** the layer reads what an earlier layer's index chose (DeepSeek-V4.1) */
  readonly lent?: true;
}

/**
 * DeepSeek-V4: one key-value record of headDim numbers for each `pool` tokens and each of the last `window`; with an
 * indexer a query reads the best records (CSA), without one all (HCA). Query and output projections are of low rank.
 * DeepSeek-V4.1 has records that several layers share, and indexes that do so too.
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
  readonly indexer?: RecordIndex;
  /**
   * DeepSeek-V4.1: records pool the tokens of their own alone, and keys of the index are projections of them; in NVFP4 they
   * are whole numbers of 4.5 bits, and raw records MXFP8. `borrows`: records and keys are those of an earlier layer.
   */
  readonly records?: "lends" | "borrows";
}

/** Fields that define the search of the cache. A layer without them still has its window. */
const searched = ["pool", "indexer"] as const;

export function compressedLayer(attention: CompressedAttention): AttentionLayer {
  const { pool, window, indexer } = attention;
  const queryHeads = attention.queryHeads.value;
  const headDim = attention.headDim.value;
  const { entry } = recordBytes(attention);
  return {
    queryHeads,
    kvHeads: 1,
    outputHeads: queryHeads,
    outputWidth: queryHeads * headDim,
    reachesAll: pool !== undefined,
    variant: variantOf(attention),
    ...(indexer && {
      index: {
        flops: (tokens) =>
          2 * indexer.heads.value * indexer.headDim.value * scoredBy(attention, tokens / (pool?.value ?? 1)),
        precision: "fp4",
      },
    }),
    ...(pool &&
      attention.records !== "borrows" && {
        records: {
          pool: pool.value,
          window: window.value,
          width: headDim,
          ...(indexer && { indexWidth: indexer.headDim.value }),
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
    rowBytes: (dtype) =>
      attention.records === "borrows" ? 0 : entry(kvDtypeBytes[dtype]) / (pool?.value ?? 1),
    ...(attention.records && {
      own: (cost: StepCost, shape: StepShape, isOwn: boolean) =>
        isOwn ? sharedCost(attention, cost, shape) : cost,
    }),
    splitCache: (ranks) =>
      compressedLayer({
        ...attention,
        window: shareOf(window, ranks),
        ...(indexer && { indexer: { ...indexer, read: shareOf(indexer.read, ranks) } }),
      }),
    searching: (search) => compressedLayer(sharingAs(attention, withSearch(attention, searched, search))),
    time: (rank, part) => timeOf(attention, rank, part),
    rates: (rank, phase) => recordRates(rank, phase, queryHeads),
  };
}

/** Bytes of a record and of a raw token's, by the bytes of a number. */
function recordBytes({ headDim, records }: CompressedAttention) {
  const width = headDim.value;
  const usual = (bytes: number): number => compressedRecord(width, bytes);
  if (records === undefined) return { entry: usual, raw: usual };
  return {
    entry: (bytes: number): number => (bytes < 1 ? width * bytes : usual(bytes)),
    // MXFP8: a byte of scale for each 32
    raw: (bytes: number): number => (bytes < 1 ? width + width / 32 : usual(bytes)),
  };
}

/** Records that a query's index scores, of those that there are. */
const scoredBy = ({ indexer }: CompressedAttention, entries: number): number =>
  indexer === undefined || indexer.lent ? 0 : Math.min(entries, indexer.candidates?.value ?? Infinity);

/** The layer's own sharing of records and indexes, whatever the search. */
const sharingAs = ({ indexer }: CompressedAttention, changed: CompressedAttention): CompressedAttention =>
  indexer && changed.indexer
    ? {
        ...changed,
        indexer: {
          ...changed.indexer,
          ...(indexer.candidates && { candidates: indexer.candidates }),
          ...(indexer.lent && { lent: indexer.lent }),
        },
      }
    : changed;

/** Cost of CSA with records of V4.1's sizes, less records, keys and choices of an earlier layer. */
function sharedCost(attention: CompressedAttention, cost: StepCost, shape: StepShape): StepCost {
  const { pool, window, indexer, records } = attention;
  const bytes = recordBytes(attention);
  const [entry, raw] = [bytes.entry(shape.bytesPerElement), bytes.raw(shape.bytesPerElement)];
  const entries = pool ? Math.floor(shape.tokens / pool.value) : 0;
  const recent = Math.min(window.value, shape.tokens);
  const scored = scoredBy(attention, entries);
  const [keys, width] = [entries, indexer ? indexer.heads.value * indexer.headDim.value : 0];
  const keyBytes = keys > 0 ? cost.indexReadBytes / keys : 0;
  const isOwner = records === "lends";
  return {
    ...cost,
    flops: cost.flops - 2 * (keys - scored) * width,
    keptBytes: (isOwner ? entries : 0) * entry + recent * raw,
    indexKeptBytes: isOwner ? cost.indexKeptBytes : 0,
    kvReadBytes: Math.min(entries, indexer?.read.value ?? 0) * entry + recent * raw,
    indexReadBytes: scored * keyBytes,
  };
}

function variantOf({ headDim: width, pool, window, indexer, records }: CompressedAttention): string {
  if (!pool) return `sink-window(sinks=0,window=${window.value})`;
  return indexer
    ? specOf("csa", {
        pool,
        ...(records && { overlap: "false" }),
        window,
        k: indexer.read,
        indexHeads: indexer.heads,
        indexDim: indexer.headDim,
        width,
      })
    : specOf("hca", { pool, window, width });
}

function dimsOf(
  { queryHeads, headDim, queryRank, outputGroups, outputRank, pool, indexer, records }: CompressedAttention,
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
    ...(records && pool && { records }),
    ...(indexer && {
      index: {
        heads: indexer.heads.value,
        dim: indexer.headDim.value,
        topK: indexer.read.value,
        ...(indexer.candidates && { candidates: indexer.candidates.value }),
        ...(indexer.lent && { lent: indexer.lent }),
      },
    }),
  };
}

/** Mean bytes of the records that a query reads in a long context, its window's among them. */
function meanRecord(attention: CompressedAttention, bytes: number): number {
  const { entry, raw } = recordBytes(attention);
  const [read, recent] = [attention.indexer?.read.value ?? 0, attention.window.value];
  return (read * entry(bytes) + recent * raw(bytes)) / (read + recent);
}

function timeOf(attention: CompressedAttention, rank: AttentionRank, part: Part): OperatorTime {
  const shape = {
    ...moduleOf(rank),
    ...dimsOf(attention, rank.hidden, rank),
    ...tokensOf(part),
    window: attention.window.value,
    recordBytes: meanRecord(attention, kvDtypeBytes[rank.kvDtype]),
  };
  return part.phase === "prefill"
    ? compressedModulePrefill(rank.machine, shape)
    : compressedModuleDecode(rank.machine, shape);
}
