import { kvDtypeBytes } from "../../core/dtype.ts";
import { overhead, overlap, share } from "../constants/constants.ts";
import { attentionPrecision } from "./dtypes.ts";
import type { DecodeTokens, PrefillTokens } from "./gqa.ts";
import { gqaMatrices } from "./gqa-module.ts";
import type { GqaModuleDims } from "./gqa-module.ts";
import type { Machine } from "./machine.ts";
import { activationsOf, glue, projections } from "./modules.ts";
import type { ModuleShape } from "./modules.ts";
import { causalPairs } from "./pairs.ts";
import { roofline } from "./roofline.ts";
import { sequence } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";

/** MSA, the attention of MiniMax-M3, or QSA, of one layer on one GPU, projections included. */
export interface MsaModuleShape extends GqaModuleDims, ModuleShape {
  readonly indexDim: number;
  /** tokens of a block, and blocks that the queries of a kv head read */
  readonly block: number;
  readonly topBlocks: number;
  /** the index has one key for each block (QSA), and not one for each token */
  readonly blockKeys?: true;
}

const constants = {
  overhead: overhead(10e-6),
  compute: share(0.5, "of peak arithmetic"),
  memory: share(0.6, "of HBM bandwidth"),
  overlap: overlap(2),
} as const;

export const msaIndexKernel = { name: "msa-index", constants } as const;
export const msaAttentionKernel = { name: "msa-attention", constants } as const;

export function msaModulePrefill(machine: Machine, shape: MsaModuleShape & PrefillTokens): OperatorTime {
  const { requests, newTokens, prefixTokens, block, topBlocks } = shape;
  return msaModule(machine, shape, "prefill", {
    queries: requests * newTokens,
    keys: requests * (newTokens + prefixTokens),
    seen: requests * causalPairs(newTokens, prefixTokens),
    read: requests * causalPairs(newTokens, prefixTokens, block * topBlocks),
  });
}

export function msaModuleDecode(machine: Machine, shape: MsaModuleShape & DecodeTokens): OperatorTime {
  const { requests, contextTokens, newTokens = 1, block, topBlocks } = shape;
  const queries = requests * newTokens;
  return msaModule(machine, shape, "decode", {
    queries,
    keys: requests * contextTokens,
    seen: queries * contextTokens,
    read: queries * Math.min(contextTokens, block * topBlocks),
  });
}

/**
 * Time of the module. The index is kept and multiplies in bf16, 2 Hi di operations a pair, and keeps the best score of
 * each block; attention reads the chosen blocks for all query heads of a kv head. No kernels of QSA were measured: its index
 * is timed as MSA's, with a key for each block.
 */
function msaModule(
  machine: Machine,
  shape: MsaModuleShape,
  phase: "prefill" | "decode",
  { queries, keys, seen, read }: { queries: number; keys: number; seen: number; read: number },
): OperatorTime {
  const { queryHeads, kvHeads, headDim, indexDim, indexHeads = kvHeads, weights, kvDtype } = shape;
  const matrices = gqaMatrices(shape);
  const precision = attentionPrecision(kvDtype);
  const rows = phase === "decode" ? read : keys;
  const tokensOfKey = shape.blockKeys ? shape.block : 1;
  return sequence(`MSA module, ${phase}`, [
    ...projections(machine, queries, weights, matrices),
    roofline(
      machine,
      "block index",
      {
        precision: "bf16",
        flops: (2 * seen * indexHeads * indexDim) / tokensOfKey,
        bytes: (kvDtypeBytes.bf16 * keys * indexDim) / tokensOfKey + (4 * seen * indexHeads) / shape.block,
      },
      machine.constants(msaIndexKernel, phase),
    ),
    roofline(
      machine,
      "attention over blocks",
      {
        precision,
        flops: 4 * read * queryHeads * headDim,
        bytes: 2 * rows * kvHeads * headDim * kvDtypeBytes[kvDtype] + 4 * queries * queryHeads * headDim,
        exponentials: read * queryHeads,
      },
      machine.constants(msaAttentionKernel, `${phase} ${precision}`),
    ),
    glue(machine, `msa-${phase}`, weights, activationsOf(queries, matrices)),
  ]);
}
