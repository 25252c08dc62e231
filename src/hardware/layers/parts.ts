import type { KvDtype } from "../../core/dtype.ts";
import { attentionPrecision } from "../kernels/dtypes.ts";
import type { Precision } from "../kernels/dtypes.ts";
import { mlaDecodeCase, mlaDecodeKernel, mlaPrefillKernel } from "../kernels/mla.ts";
import type { Efficiency } from "../kernels/roofline.ts";
import type { Part } from "../serving/replica.ts";
import type { AttentionRank, Count } from "./layer.ts";

/** Tokens of a part of a pass, in the form of the kernels of prefill and decoding. */
export const tokensOf = ({ sequences, newTokens, cachedTokens }: Part) => ({
  requests: sequences,
  newTokens,
  prefixTokens: cachedTokens,
  // a token sees itself
  contextTokens: cachedTokens + 1,
});

/** Dimensions and types that every attention module takes from its GPU. */
export const moduleOf = ({
  hidden,
  weights,
  kvDtype,
  outputRanks,
}: AttentionRank): { hidden: number; weights: Precision; kvDtype: KvDtype; outputRanks: number } => ({
  hidden,
  weights,
  kvDtype,
  outputRanks,
});

/** One GPU's share of tokens that `ranks` GPUs hold together. */
export const shareOf = (count: Count, ranks: number): Count => ({ ...count, value: count.value / ranks });

/** The attention with other fields of the search. */
export const withSearch = <A extends object>(
  attention: A,
  searched: readonly (keyof A)[],
  search: object,
): A =>
  ({
    ...Object.fromEntries(Object.entries(attention).filter(([name]) => !searched.includes(name as keyof A))),
    ...search,
  }) as A;

/** A spec with the parameters that a layer gives. */
export const specOf = (name: string, params: Readonly<Record<string, Count | string | undefined>>): string =>
  `${name}(${Object.entries(params)
    .flatMap(([param, value]) =>
      value === undefined ? [] : [`${param}=${typeof value === "string" ? value : value.value}`],
    )
    .join(",")})`;

/** Rates of kernels that read one record for all query heads. */
export function recordRates(
  { machine, kvDtype, tp }: AttentionRank,
  phase: Part["phase"],
  queryHeads: number,
): Efficiency {
  const precision = attentionPrecision(kvDtype);
  return phase === "prefill"
    ? machine.constants(mlaPrefillKernel, precision)
    : machine.constants(mlaDecodeKernel, mlaDecodeCase(precision, queryHeads / tp));
}
