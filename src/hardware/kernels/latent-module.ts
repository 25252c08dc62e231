import { kvDtypeBytes } from "../../core/dtype.ts";
import { attentionPrecision } from "./dtypes.ts";
import type { DecodeTokens, PrefillTokens } from "./gqa.ts";
import type { Machine } from "./machine.ts";
import { mlaDecode, mlaPrefill } from "./mla.ts";
import { activationsOf, glue, projections } from "./modules.ts";
import type { WeightMatrix, ModuleDims, ModuleShape } from "./modules.ts";
import { causalPairs } from "./pairs.ts";
import { indexLogits, sparseAttention, topK } from "./sparse.ts";
import { sequence } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";

/** Dimensions of multi-head latent attention of one layer on one GPU. */
export interface MlaDims extends ModuleDims {
  /** queries are projected down to it and up again; in one step without it */
  readonly queryRank?: number;
  readonly latent: number;
  readonly rope: number;
  /** of an unabsorbed head: its key beside rope, its value */
  readonly keyDim: number;
  readonly valueDim: number;
  /** a gate as wide as the heads' values */
  readonly gated?: true;
}

/** The attention of one layer with a latent cache, projections included, on one GPU. */
export type MlaModuleShape = MlaDims & ModuleShape;

/** Dimensions of the index of DeepSeek sparse attention. */
export interface DsaDims extends MlaDims {
  readonly indexHeads: number;
  readonly indexDim: number;
  /** tokens that share a key of the index; 1 by default */
  readonly pool?: number;
}

/** DeepSeek sparse attention: an index chooses the rows that are read. */
export interface DsaModuleShape extends DsaDims, ModuleShape {
  /** rows that a query reads at most */
  readonly topK: number;
  /** the layer has no index and reads the rows that another layer chose */
  readonly lent?: boolean;
}

/**
 * Matrices of both phases: down, query up, gate, output. Sources: transformers, modeling_deepseek_v3.py; Kimi-Linear,
 * modeling_kimi.py, for queries without a rank; `mla_use_output_gate` of Kimi K3's config.json for the gate.
 */
function common(s: MlaDims): WeightMatrix[] {
  const { hidden, queryHeads, queryRank, latent, rope, keyDim, valueDim, gated, outputRanks = 1 } = s;
  const queries = queryHeads * (keyDim + rope);
  const values = queryHeads * valueDim;
  return [
    [hidden, (queryRank ?? 0) + latent + rope],
    [queryRank ?? hidden, queries],
    ...(gated ? [[hidden, values] as const] : []),
    [values / outputRanks, hidden],
  ];
}

/** Matrix from the latent to keys and values of all heads, for attention that is not absorbed. */
const unabsorbed = (s: MlaDims): WeightMatrix => [s.latent, s.queryHeads * (s.keyDim + s.valueDim)];

/** Matrices of absorbed attention: those of keys, applied to the query, and those of values, applied to the output. */
const absorbed = (s: MlaDims): WeightMatrix[] => [
  [s.keyDim, s.queryHeads * s.latent],
  [s.latent, s.queryHeads * s.valueDim],
];

/** Matrices of latent attention without an index; absorbed ones have as many weights. */
export const mlaMatrices = (dims: MlaDims): readonly WeightMatrix[] => [...common(dims), unabsorbed(dims)];

/**
 * Matrices of the index: for its queries, and for its key with the weights of its heads. With pools each token also has
 * logits, one for each channel of its key, by which the pool weighs it. Source: transformers, modular_glm5_next.py,
 * Glm5NextTextIndexer.
 */
export const dsaIndexMatrices = (s: DsaDims): readonly WeightMatrix[] => [
  [s.queryRank ?? s.hidden, s.indexHeads * s.indexDim],
  [s.hidden, (s.pool ? 2 : 1) * s.indexDim + s.indexHeads],
];

/** Time of prefill: keys and values are computed from the latents of all tokens seen, and attention is not absorbed. */
export function mlaModulePrefill(machine: Machine, shape: MlaModuleShape & PrefillTokens): OperatorTime {
  const { requests, newTokens, prefixTokens, weights, kvDtype } = shape;
  const rows = requests * newTokens;
  const matrices = mlaMatrices(shape);
  return sequence("MLA module, prefill", [
    ...projections(machine, rows, weights, common(shape)),
    ...projections(machine, rows + requests * prefixTokens, weights, [unabsorbed(shape)]),
    mlaPrefill(machine, shape),
    glue(machine, "mla-prefill", `${weights} ${attentionPrecision(kvDtype)}`, activationsOf(rows, matrices)),
  ]);
}

/** Time of decoding: the matrices of keys and values are absorbed into query and output. */
export function mlaModuleDecode(machine: Machine, shape: MlaModuleShape & DecodeTokens): OperatorTime {
  const { requests, newTokens = 1, weights, kvDtype } = shape;
  const rows = requests * newTokens;
  const matrices = [...common(shape), ...absorbed(shape)];
  return sequence("MLA module, decode", [
    ...projections(machine, rows, weights, common(shape)),
    ...projections(machine, rows, "bf16", absorbed(shape)),
    mlaDecode(machine, shape),
    glue(machine, "mla-decode", `${weights} ${attentionPrecision(kvDtype)}`, activationsOf(rows, matrices)),
  ]);
}

/** Bytes of a cached row. In FP8, vLLM's FlashMLA has 656: 512 latents, 4 float32 scales and 64 rope numbers in bf16. */
const rowBytes = ({ latent, rope, kvDtype }: MlaModuleShape): number =>
  kvDtype === "fp8" ? latent + latent / 32 + 2 * rope : (latent + rope) * kvDtypeBytes[kvDtype];

/** Bytes of an index key: FP8 and a float32 scale. */
const indexKeyBytes = (indexDim: number): number => indexDim + 4;

/** Time of prefill: the index scores every token that a query sees, once a chunk sees more than topK tokens. */
export function dsaModulePrefill(machine: Machine, shape: DsaModuleShape & PrefillTokens): OperatorTime {
  const { requests, newTokens, prefixTokens } = shape;
  return dsaModule(machine, shape, "prefill", {
    queries: requests * newTokens,
    keys: requests * (newTokens + prefixTokens),
    seen: requests * causalPairs(newTokens, prefixTokens),
    read: requests * causalPairs(newTokens, prefixTokens, shape.topK),
    indexed: newTokens + prefixTokens > shape.topK,
  });
}

/** Time of decoding: each query scores its whole context and reads topK rows of it. */
export function dsaModuleDecode(machine: Machine, shape: DsaModuleShape & DecodeTokens): OperatorTime {
  const { requests, contextTokens, newTokens = 1 } = shape;
  const queries = requests * newTokens;
  return dsaModule(machine, shape, "decode", {
    queries,
    keys: requests * contextTokens,
    seen: queries * contextTokens,
    read: queries * Math.min(contextTokens, shape.topK),
    indexed: contextTokens > shape.topK,
  });
}

interface DsaReads {
  readonly queries: number;
  readonly keys: number;
  readonly seen: number;
  readonly read: number;
  readonly indexed: boolean;
}

function dsaModule(
  machine: Machine,
  shape: DsaModuleShape,
  phase: "prefill" | "decode",
  { queries, keys, seen, read, indexed }: DsaReads,
): OperatorTime {
  const { queryHeads, latent, rope, weights, kvDtype, indexHeads, indexDim, pool = 1 } = shape;
  const kernels = `dsa-${phase}` as const;
  const index = shape.lent ? [] : dsaIndexMatrices(shape);
  const matrices = [...common(shape), ...absorbed(shape), ...index];
  const scored = [
    indexLogits(machine, {
      queries,
      pairs: seen / pool,
      keys: keys / pool,
      indexHeads,
      indexDim,
      keyBytes: indexKeyBytes(indexDim),
      kernels,
    }),
    topK(machine, { queries, pairs: seen / pool, k: shape.topK / pool, kernels }),
  ];
  return sequence(`DSA module, ${phase}`, [
    ...projections(machine, queries, weights, [...common(shape), ...index]),
    ...projections(machine, queries, "bf16", absorbed(shape)),
    ...(indexed && !shape.lent ? scored : []),
    sparseAttention(machine, {
      queries,
      pairs: read,
      queryHeads,
      keyDim: latent + rope,
      valueDim: latent,
      rowBytes: rowBytes(shape),
      precision: attentionPrecision(kvDtype),
      kernels,
    }),
    glue(machine, kernels, `${weights} ${attentionPrecision(kvDtype)}`, activationsOf(queries, matrices)),
  ]);
}
