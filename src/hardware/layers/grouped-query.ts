import { kvDtypeBytes } from "../../core/dtype.ts";
import { msaModuleDecode, msaModulePrefill } from "../kernels/block-module.ts";
import { attentionPrecision } from "../kernels/dtypes.ts";
import { gqaDecodeKernel, gqaPrefillKernel } from "../kernels/gqa.ts";
import { gqaMatrices, gqaModuleDecode, gqaModulePrefill } from "../kernels/gqa-module.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { Part } from "../serving/replica.ts";
import type { AttentionLayer, AttentionRank, AttentionSharing, Count } from "./layer.ts";
import { moduleOf, shareOf, specOf, tokensOf, withSearch } from "./parts.ts";

/** Grouped queries: each kv head serves queryHeads / kvHeads query heads. */
export interface GroupedQueryAttention {
  readonly kind: "grouped-query";
  readonly queryHeads: Count;
  readonly kvHeads: Count;
  /** of a query and a key */
  readonly headDim: Count;
  /** of a value; headDim by default */
  readonly valueDim?: Count;
  /** values have no projection of their own: they are the keys before rope (Gemma 4) */
  readonly keysAreValues?: true;
  /** K and V are those that an earlier layer keeps: no projections of them, and no cache (Gemma 3n) */
  readonly borrows?: true;
  /** last tokens that a query sees, its own included; all tokens by default */
  readonly window?: Count;
  /** tokens of a chunk: a query sees those of its own chunk up to itself (Llama 4) */
  readonly chunk?: Count;
  /** the output is multiplied by a gate, which is as wide as the queries and has its own projection */
  readonly gated?: true;
  /** MSA: index heads rank blocks of tokens, and a query reads the best blocks */
  readonly blocks?: {
    readonly indexHeads: Count;
    readonly indexDim: Count;
    readonly block: Count;
    readonly read: Count;
  };
}

/** Fields that define the search of the cache. */
const searched = ["window", "chunk", "blocks"] as const;

export function groupedQueryLayer(attention: GroupedQueryAttention): AttentionLayer {
  const { window, chunk, blocks, borrows } = attention;
  const queryHeads = attention.queryHeads.value;
  const kvHeads = attention.kvHeads.value;
  const headDim = attention.headDim.value;
  const valueDim = attention.valueDim?.value ?? headDim;
  return {
    queryHeads,
    kvHeads,
    outputHeads: queryHeads,
    outputWidth: queryHeads * valueDim,
    reachesAll: window === undefined && chunk === undefined,
    ...(borrows && { borrows }),
    variant: blocks
      ? specOf("msa", { block: blocks.block, k: blocks.read, indexDim: blocks.indexDim })
      : window
        ? `sink-window(sinks=0,window=${window.value})`
        : chunk
          ? specOf("chunked", { chunk })
          : "dense",
    ...(blocks && {
      index: {
        flops: (tokens) => 2 * tokens * blocks.indexHeads.value * blocks.indexDim.value,
        precision: "bf16",
      },
    }),
    matrices: (hidden, sharing) => gqaMatrices({ hidden, ...headsOf(attention, sharing) }),
    shape: (tokens, dtype) => ({
      tokens,
      queryHeads,
      kvHeads,
      headDim,
      bytesPerElement: kvDtypeBytes[dtype],
      ...(valueDim !== headDim && {
        valueDim,
        rowBytes: kvHeads * (headDim + valueDim) * kvDtypeBytes[dtype],
      }),
    }),
    rowBytes: (dtype) => (borrows ? 0 : kvHeads * (headDim + valueDim) * kvDtypeBytes[dtype]),
    splitCache: (ranks) =>
      groupedQueryLayer({
        ...attention,
        ...(window && { window: shareOf(window, ranks) }),
        ...(chunk && { chunk: shareOf(chunk, ranks) }),
        ...(blocks && { blocks: { ...blocks, read: shareOf(blocks.read, ranks) } }),
      }),
    searching: (search) => groupedQueryLayer(withSearch(attention, searched, search)),
    time: (rank, part) => timeOf(attention, rank, part),
    rates({ machine, kvDtype }, phase) {
      const precision = attentionPrecision(kvDtype);
      return phase === "prefill"
        ? machine.constants(gqaPrefillKernel, precision)
        : machine.constants(gqaDecodeKernel, precision);
    },
  };
}

/** Heads and index of one GPU; if there are more GPUs than kv heads, several GPUs keep the same head. */
function headsOf(attention: GroupedQueryAttention, { tp, outputRanks }: AttentionSharing) {
  const { queryHeads, kvHeads, headDim, valueDim, gated, keysAreValues, borrows, blocks } = attention;
  const share = (heads: Count): number => Math.max(1, heads.value / tp);
  return {
    queryHeads: queryHeads.value / tp,
    kvHeads: share(kvHeads),
    headDim: headDim.value,
    ...(valueDim && { valueDim: valueDim.value }),
    outputRanks,
    projected: borrows ? ("queries" as const) : keysAreValues ? ("keys" as const) : ("values" as const),
    ...(gated && { gated }),
    ...(blocks && { indexHeads: share(blocks.indexHeads), indexDim: blocks.indexDim.value }),
  };
}

function timeOf(attention: GroupedQueryAttention, rank: AttentionRank, part: Part): OperatorTime {
  const { machine } = rank;
  const { window, chunk, blocks } = attention;
  const tokens = tokensOf(part);
  const shape = {
    ...moduleOf(rank),
    ...headsOf(attention, rank),
    ...tokens,
    ...(window && { window: window.value }),
    ...(chunk && { window: meanInChunk(chunk.value, tokens.contextTokens + part.newTokens) }),
  };
  if (!blocks)
    return part.phase === "prefill" ? gqaModulePrefill(machine, shape) : gqaModuleDecode(machine, shape);
  const sparse = {
    ...shape,
    indexDim: blocks.indexDim.value,
    block: blocks.block.value,
    topBlocks: blocks.read.value,
  };
  return part.phase === "prefill" ? msaModulePrefill(machine, sparse) : msaModuleDecode(machine, sparse);
}

/** Tokens of its chunk that a query sees: all before it in the first one, half of a chunk on average in later ones. */
const meanInChunk = (chunk: number, context: number): number => (context <= chunk ? chunk : chunk / 2);
