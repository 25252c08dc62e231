import { gqaDecode, gqaPrefill } from "./gqa.ts";
import type { DecodeTokens, GqaHeads, PrefillTokens } from "./gqa.ts";
import type { Machine } from "./machine.ts";
import { activationsOf, glue, projections } from "./modules.ts";
import type { WeightMatrix, ModuleDims, ModuleShape } from "./modules.ts";
import { sequence } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";

/** Heads of grouped queries on one GPU, with the dimensions of their projections. */
export interface GqaModuleDims extends ModuleDims {
  readonly kvHeads: number;
  readonly headDim: number;
  /** of a value; headDim by default */
  readonly valueDim?: number;
  /** the last of queries, keys and values that have a projection of their own; values by default */
  readonly projected?: "queries" | "keys" | "values";
  /** a gate as wide as the queries */
  readonly gated?: true;
  /** rank through which queries are projected */
  readonly queryRank?: number;
  /** further numbers that are projected for each query head */
  readonly besideQuery?: number;
  /** dimension and heads of an index whose heads share a key; one head for each kv head by default */
  readonly indexDim?: number;
  readonly indexHeads?: number;
}

/**
 * Matrices of queries, gates, keys, values and index side by side, of queries up again from a rank, and of the output.
 * Sources: transformers, modeling_llama.py and modeling_qwen3_next.py; vLLM, models/step3_text.py.
 */
export function gqaMatrices(dims: GqaModuleDims): readonly WeightMatrix[] {
  const { hidden, queryHeads, kvHeads, headDim, gated, outputRanks = 1 } = dims;
  const { indexDim = 0, indexHeads = kvHeads, valueDim = headDim, projected = "values" } = dims;
  const { queryRank, besideQuery = 0 } = dims;
  const width = queryHeads * valueDim;
  const keys = projected === "queries" ? 0 : kvHeads * headDim;
  const values = projected === "values" ? kvHeads * valueDim : 0;
  const queries = queryHeads * headDim;
  const beside = (gated ? width : 0) + queryHeads * besideQuery + keys + values + (indexHeads + 1) * indexDim;
  return [
    [hidden, (queryRank ?? queries) + beside],
    ...(queryRank === undefined ? [] : [[queryRank, queries] as const]),
    [width / outputRanks, hidden],
  ];
}

/** Grouped-query attention of one layer, projections included, on one GPU. */
export type GqaModuleShape = GqaModuleDims & ModuleShape & GqaHeads;

export const gqaModulePrefill = (machine: Machine, shape: GqaModuleShape & PrefillTokens): OperatorTime =>
  gqaModule(machine, shape, "prefill", {
    rows: shape.requests * shape.newTokens,
    attention: gqaPrefill(machine, shape),
  });

export const gqaModuleDecode = (machine: Machine, shape: GqaModuleShape & DecodeTokens): OperatorTime =>
  gqaModule(machine, shape, "decode", {
    rows: shape.requests * (shape.newTokens ?? 1),
    attention: gqaDecode(machine, shape),
  });

function gqaModule(
  machine: Machine,
  shape: GqaModuleShape,
  phase: "prefill" | "decode",
  { rows, attention }: { rows: number; attention: OperatorTime },
): OperatorTime {
  const { queryHeads, weights } = shape;
  const matrices = gqaMatrices(shape);
  return sequence(`attention of ${queryHeads} query heads, ${phase}`, [
    ...projections(machine, rows, weights, matrices),
    attention,
    glue(machine, `gqa-${phase}`, weights, activationsOf(rows, matrices)),
  ]);
}
