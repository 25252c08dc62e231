import type { LogitShaping } from "../core/logits.ts";
import type { AnyParams } from "../core/params.ts";
import { flat, tensor } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Ops } from "../kernels/ops.ts";
import type { AnyVariant, AttentionResult, KeyValueCache, Queries } from "./variant.ts";

/**
 * Scalable-Softmax: logits times s ln n. s is learned; .43 is the value of figure 1.
 * Nakanishi 2025, "Scalable-Softmax Is Superior for Attention", arXiv 2501.19399.
 */
const ssmaxScale = 0.43;

/** Keys that a model has seen in training, where log-n and yarn leave logits as they are. */
const trainedTokens = 32768;

/**
 * Logit of the sink. gpt-oss learns one for each head (arXiv 2508.10925, section 2.2); 0 is the fixed one of
 * Miller 2023, "Attention Is Off By One".
 */
const sinkLogit = 0;

/**
 * The factor on the logits of a query that sees n keys.
 *
 * - ssmax: s ln n, as the source has it: a reader of sharpness g becomes one of sharpness g s ln n at every length
 * - log-n: ln n / ln 32768, at least 0: the same growth, but logits are what they were at the trained length, so
 *   that it can be compared with `none` at equal sharpness (Su 2021; Chiang and Cholak 2022, arXiv 2202.12172)
 * - yarn: (0.1 ln f + 1)^2 with f = n / 32768, 1 below: the source scales queries and keys by 0.1 ln f + 1 each,
 *   f being fixed per model; here it follows the keys seen (Peng et al. 2023, arXiv 2309.00071, section 3.4)
 * - none, sink: 1
 */
export function logitFactor(shaping: LogitShaping, n: number): number {
  switch (shaping) {
    case "ssmax":
      return ssmaxScale * Math.log(n);
    case "log-n":
      return Math.log(n) / Math.log(trainedTokens);
    case "yarn":
      return (0.1 * Math.log(Math.max(1, n / trainedTokens)) + 1) ** 2;
    case "none":
    case "sink":
      return 1;
  }
}

/** Queries scaled by the factor of the keys they see, and the sink that their softmax weighs. */
export function shapeQueries(queries: Queries, shaping: LogitShaping): Queries {
  if (shaping === "none") return queries;
  if (shaping === "sink") return { ...queries, sinkLogit };
  const factors = Array.from(queries.positions, (position) => logitFactor(shaping, position + 1));
  return { ...queries, heads: queries.heads.map((rows) => scaledRows(rows, factors, queries.group)) };
}

/** (Q G, d) rows times the factor of their query. */
function scaledRows(rows: Tensor, factors: readonly number[], group: number): Tensor {
  const out = flat(rows).slice();
  const width = rows.shape[1]!;
  for (let at = 0; at < out.length; at++) out[at]! *= factors[Math.floor(at / (group * width))]!;
  return tensor(out, rows.shape);
}

/** The queries that prefill saw are shaped as every other. */
const shapeCache = (cache: KeyValueCache, shaping: LogitShaping): KeyValueCache => ({
  ...cache,
  observed: (count, queryAware) => shapeQueries(cache.observed(count, queryAware), shaping),
});

/** What a variant builds for a cache, when its queries are shaped. */
export const prepareShaped = (
  variant: AnyVariant,
  cache: KeyValueCache,
  params: AnyParams,
  ops: Ops,
  shaping: LogitShaping,
): unknown => variant.prepare(shapeCache(cache, shaping), params, ops);

/** A variant's attention with shaped logits: selection and softmax see the same shaped queries. */
export const attendShaped = (
  variant: AnyVariant,
  queries: Queries,
  cache: KeyValueCache,
  index: unknown,
  params: AnyParams,
  ops: Ops,
  shaping: LogitShaping,
): AttentionResult => variant.attend(shapeQueries(queries, shaping), cache, index, params, ops);
