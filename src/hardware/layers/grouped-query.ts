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
  readonly headDim: Count;
  /** last tokens that a query sees, its own included; all tokens by default */
  readonly window?: Count;
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
const searched = ["window", "blocks"] as const;

export function groupedQueryLayer(attention: GroupedQueryAttention): AttentionLayer {
  const { window, blocks } = attention;
  const queryHeads = attention.queryHeads.value;
  const kvHeads = attention.kvHeads.value;
  const headDim = attention.headDim.value;
  return {
    queryHeads,
    kvHeads,
    outputHeads: queryHeads,
    outputWidth: queryHeads * headDim,
    reachesAll: window === undefined,
    variant: blocks
      ? specOf("msa", { block: blocks.block, k: blocks.read, indexDim: blocks.indexDim })
      : window
        ? `sink-window(sinks=0,window=${window.value})`
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
    }),
    rowBytes: (dtype) => 2 * kvHeads * headDim * kvDtypeBytes[dtype],
    splitCache: (ranks) =>
      groupedQueryLayer({
        ...attention,
        ...(window && { window: shareOf(window, ranks) }),
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
  const { queryHeads, kvHeads, headDim, gated, blocks } = attention;
  const share = (heads: Count): number => Math.max(1, heads.value / tp);
  return {
    queryHeads: queryHeads.value / tp,
    kvHeads: share(kvHeads),
    headDim: headDim.value,
    outputRanks,
    ...(gated && { gated }),
    ...(blocks && { indexHeads: share(blocks.indexHeads), indexDim: blocks.indexDim.value }),
  };
}

function timeOf(attention: GroupedQueryAttention, rank: AttentionRank, part: Part): OperatorTime {
  const { machine } = rank;
  const { window, blocks } = attention;
  const shape = {
    ...moduleOf(rank),
    ...headsOf(attention, rank),
    ...tokensOf(part),
    ...(window && { window: window.value }),
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
