import { kvDtypeBytes } from "../../core/dtype.ts";
import { msaModuleDecode, msaModulePrefill } from "../kernels/block-module.ts";
import { attentionPrecision } from "../kernels/dtypes.ts";
import { gqaDecodeKernel, gqaPrefillKernel } from "../kernels/gqa.ts";
import { gqaMatrices, gqaModuleDecode, gqaModulePrefill } from "../kernels/gqa-module.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { Part } from "../serving/replica.ts";
import { convolutionState } from "./convolution-state.ts";
import type { AttentionLayer, AttentionRank, AttentionSharing, Count } from "./layer.ts";
import type { Streams } from "./streams.ts";
import { moduleOf, shareOf, specOf, tokensOf, withSearch } from "./parts.ts";

/** Grouped queries: each kv head serves queryHeads / kvHeads query heads. */
export interface GroupedQueryAttention extends Streams {
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
  /** queries are projected down to it and up again (MFA of Step 3); in one step without it */
  readonly queryRank?: Count;
  /** further numbers projected for each query head: a gate (Laguna), weights of a bias by distance (Inkling) */
  readonly besideQuery?: Count;
  /** short convolutions over keys, values and what the layer adds; their weights, 1e-5 of all, are left out (Inkling) */
  readonly convolution?: { readonly kernel: Count; readonly channels: Count };
  /** MSA: index heads rank blocks of tokens, and a query reads the best blocks */
  readonly blocks?: {
    readonly indexHeads: Count;
    readonly indexDim: Count;
    readonly block: Count;
    readonly read: Count;
  };
  /** QSA: an index scores blocks by one key each, and all heads read `read` tokens in the best of them */
  readonly microBlocks?: {
    readonly indexHeads: Count;
    readonly indexDim: Count;
    readonly block: Count;
    readonly read: Count;
  };
}

/** Fields that define the search of the cache. */
const searched = ["window", "chunk", "blocks", "microBlocks"] as const;

export function groupedQueryLayer(attention: GroupedQueryAttention): AttentionLayer {
  const { window, chunk, blocks, microBlocks, borrows, convolution } = attention;
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
    ...(convolution && { fixed: convolutionState(convolution.kernel.value, convolution.channels.value) }),
    ...(borrows && { own: (cost) => ({ ...cost, keptBytes: 0, farKeptBytes: 0 }) }),
    variant: variantOf(attention),
    ...((blocks ?? microBlocks) && {
      index: { flops: (tokens) => indexFlops(attention, tokens), precision: "bf16" },
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
        ...(microBlocks && { microBlocks: { ...microBlocks, read: shareOf(microBlocks.read, ranks) } }),
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

function variantOf({ window, chunk, blocks, microBlocks }: GroupedQueryAttention): string {
  if (blocks) return specOf("msa", { block: blocks.block, k: blocks.read, indexDim: blocks.indexDim });
  if (microBlocks) {
    const { read: k, ...index } = microBlocks;
    return specOf("qsa", { ...index, k });
  }
  if (window) return `sink-window(sinks=0,window=${window.value})`;
  return chunk ? specOf("chunked", { chunk }) : "dense";
}

/** Operations of one query's scores: of all tokens, or of one key for each micro-block. */
function indexFlops({ blocks, microBlocks }: GroupedQueryAttention, tokens: number): number {
  const index = blocks ?? microBlocks;
  const scored = microBlocks ? tokens / microBlocks.block.value : tokens;
  return index ? 2 * scored * index.indexHeads.value * index.indexDim.value : 0;
}

/** Heads and index of one GPU; if there are more GPUs than kv heads, several GPUs keep the same head. */
function headsOf(attention: GroupedQueryAttention, { tp, outputRanks }: AttentionSharing) {
  const { queryHeads, kvHeads, headDim, valueDim, gated, keysAreValues, borrows, blocks, microBlocks } =
    attention;
  const { queryRank, besideQuery } = attention;
  const share = (heads: Count): number => Math.max(1, heads.value / tp);
  return {
    queryHeads: queryHeads.value / tp,
    kvHeads: share(kvHeads),
    headDim: headDim.value,
    ...(valueDim && { valueDim: valueDim.value }),
    outputRanks,
    projected: borrows ? ("queries" as const) : keysAreValues ? ("keys" as const) : ("values" as const),
    ...(gated && { gated }),
    ...(queryRank && { queryRank: queryRank.value }),
    ...(besideQuery && { besideQuery: besideQuery.value }),
    ...(blocks && { indexHeads: share(blocks.indexHeads), indexDim: blocks.indexDim.value }),
    // one choice for all heads: each GPU computes all of the index
    ...(microBlocks && { indexHeads: microBlocks.indexHeads.value, indexDim: microBlocks.indexDim.value }),
  };
}

function timeOf(attention: GroupedQueryAttention, rank: AttentionRank, part: Part): OperatorTime {
  const { machine } = rank;
  const { window, chunk, blocks, microBlocks } = attention;
  const tokens = tokensOf(part);
  const shape = {
    ...moduleOf(rank),
    ...headsOf(attention, rank),
    ...tokens,
    ...(window && { window: window.value }),
    ...(chunk && { window: meanInChunk(chunk.value, tokens.contextTokens + part.newTokens) }),
  };
  const index = blocks ?? microBlocks;
  if (!index)
    return part.phase === "prefill" ? gqaModulePrefill(machine, shape) : gqaModuleDecode(machine, shape);
  const sparse = {
    ...shape,
    indexDim: index.indexDim.value,
    block: index.block.value,
    topBlocks: microBlocks ? microBlocks.read.value / microBlocks.block.value : index.read.value,
    ...(microBlocks && { blockKeys: true as const }),
  };
  return part.phase === "prefill" ? msaModulePrefill(machine, sparse) : msaModuleDecode(machine, sparse);
}

/** Tokens of its chunk that a query sees: all before it in the first one, half of a chunk on average in later ones. */
const meanInChunk = (chunk: number, context: number): number => (context <= chunk ? chunk : chunk / 2);
