import { kvDtypeBytes } from "../../core/dtype.ts";
import type { KvDtype } from "../../core/dtype.ts";
import type { Quantity } from "../../core/units.ts";
import {
  dsaIndexMatrices,
  dsaModuleDecode,
  dsaModulePrefill,
  mlaMatrices,
  mlaModuleDecode,
  mlaModulePrefill,
} from "../kernels/latent-module.ts";
import type { DsaDims, MlaDims } from "../kernels/latent-module.ts";
import { sequence, times } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { Part } from "../serving/replica.ts";
import type { AttentionLayer, AttentionRank, AttentionSharing, Count, LayerMatrix } from "./layer.ts";
import type { Streams } from "./streams.ts";
import { moduleOf, recordRates, shareOf, specOf, tokensOf, withSearch } from "./parts.ts";

/**
 * Multi-head latent attention. The cache holds one latent (both key and value) and one rope key per token and layer; at
 * decode the projections are absorbed and every query head reads that one record.
 */
export interface LatentAttention extends Streams {
  readonly kind: "latent";
  readonly queryHeads: Count;
  /** queries are projected down to it and up again; in one step without it */
  readonly queryRank?: Count;
  readonly latent: Count;
  /** numbers of the rope key beside the latent; none without it */
  readonly rope?: Count;
  /** dimensions of an unabsorbed head: of its key beside rope, and of its value */
  readonly keyDim: Count;
  readonly valueDim: Count;
  /** the output is multiplied by a gate, which is as wide as the heads' values and has its own projection */
  readonly gated?: true;
  /** bytes of a cached record; (latent + rope) elements by default */
  readonly record?: Readonly<Partial<Record<KvDtype, Quantity<"B">>>>;
  /** DeepSeek sparse attention's index; one layer in `period` has it, and the layers after it use its choice */
  readonly indexer?: {
    readonly heads: Count;
    readonly headDim: Count;
    readonly read: Count;
    readonly period?: Count;
    /** tokens of a pool, which has one key in the index (GLM-5.3-Flash); each token has one without it */
    readonly pool?: Count;
  };
}

type Indexer = NonNullable<LatentAttention["indexer"]>;

/** Fields that define the search of the cache. */
const searched = ["indexer"] as const;

export function latentLayer(attention: LatentAttention): AttentionLayer {
  const { indexer, record } = attention;
  const queryHeads = attention.queryHeads.value;
  const latent = attention.latent.value;
  const row = latent + (attention.rope?.value ?? 0);
  return {
    queryHeads,
    kvHeads: 1,
    outputHeads: queryHeads,
    outputWidth: queryHeads * attention.valueDim.value,
    reachesAll: true,
    latent: true,
    variant: indexer ? sparseSpec(indexer) : "dense",
    ...(indexer && {
      index: {
        flops: (tokens) =>
          (2 * indexer.heads.value * indexer.headDim.value * tokens) / (periodOf(indexer) * poolOf(indexer)),
        precision: "fp8",
      },
    }),
    matrices(hidden, sharing) {
      const dims = dimsOf(attention, hidden, sharing);
      if (!indexer) return mlaMatrices(dims);
      const copies = 1 / periodOf(indexer);
      const index = dsaIndexMatrices(indexDims(dims, indexer));
      return [...mlaMatrices(dims), ...index.map(([rows, columns]): LayerMatrix => [rows, columns, copies])];
    },
    // the first `latent` numbers of a row are also the value, so that a row is latent + rope elements, not twice that
    shape: (tokens, dtype) => ({
      tokens,
      queryHeads,
      kvHeads: 1,
      headDim: row,
      valueDim: latent,
      bytesPerElement: kvDtypeBytes[dtype],
      rowBytes: record?.[dtype]?.value ?? row * kvDtypeBytes[dtype],
    }),
    rowBytes: (dtype) => row * kvDtypeBytes[dtype],
    splitCache: (ranks) =>
      latentLayer({
        ...attention,
        ...(indexer && { indexer: { ...indexer, read: shareOf(indexer.read, ranks) } }),
      }),
    searching: (search) => latentLayer(withSearch(attention, searched, search)),
    time: (rank, part) => timeOf(attention, rank, part),
    rates: (rank, phase) => recordRates(rank, phase, queryHeads),
  };
}

/** Layers that share the choice of one index. */
const periodOf = ({ period }: Indexer): number => period?.value ?? 1;

/** Tokens that share a key of the index. */
const poolOf = ({ pool }: Indexer): number => pool?.value ?? 1;

function sparseSpec({ read: k, heads: indexHeads, headDim: indexDim, period, pool }: Indexer): string {
  if (pool) return specOf("pooled-dsa", { pool, k, indexHeads, indexDim });
  return specOf(period ? "index-share" : "dsa", { k, indexHeads, indexDim, period });
}

const dimsOf = (
  { queryHeads, queryRank, latent, rope, keyDim, valueDim, gated }: LatentAttention,
  hidden: number,
  { tp, outputRanks }: AttentionSharing,
): MlaDims => ({
  hidden,
  queryHeads: queryHeads.value / tp,
  outputRanks,
  ...(queryRank && { queryRank: queryRank.value }),
  latent: latent.value,
  rope: rope?.value ?? 0,
  keyDim: keyDim.value,
  valueDim: valueDim.value,
  ...(gated && { gated }),
});

const indexDims = (dims: MlaDims, { heads, headDim, pool }: Indexer): DsaDims => ({
  ...dims,
  indexHeads: heads.value,
  indexDim: headDim.value,
  ...(pool && { pool: pool.value }),
});

function timeOf(attention: LatentAttention, rank: AttentionRank, part: Part): OperatorTime {
  const { machine } = rank;
  const { indexer } = attention;
  const dims = dimsOf(attention, rank.hidden, rank);
  const rest = { ...moduleOf(rank), ...tokensOf(part) };
  if (!indexer) {
    const shape = { ...rest, ...dims };
    return part.phase === "prefill" ? mlaModulePrefill(machine, shape) : mlaModuleDecode(machine, shape);
  }
  const sparse = { ...rest, ...indexDims(dims, indexer), topK: indexer.read.value };
  const time = (lent: boolean): OperatorTime =>
    part.phase === "prefill"
      ? dsaModulePrefill(machine, { ...sparse, lent })
      : dsaModuleDecode(machine, { ...sparse, lent });
  const computed = 1 / periodOf(indexer);
  return computed === 1
    ? time(false)
    : sequence("DSA, the mean of layers with an index and without", [
        times(computed, time(false)),
        times(1 - computed, time(true)),
      ]);
}
