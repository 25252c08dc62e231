import type { Entry } from "../core/entry.ts";
import type { AnyParams, Params, ParamSpecs } from "../core/params.ts";
import { flat, tensor } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { KeyValueCache, Queries } from "./cache.ts";

/** How logits become weights, for any variant. One file each, one line in shapings/all.ts. */
export interface LogitShaping<S extends ParamSpecs = ParamSpecs> extends Entry {
  /** the maths in a line, for `describe`: plain text */
  readonly formula: string;
  readonly params: S;
  /** present where outputs are no convex combination of values: why */
  readonly notConvex?: string;
  /** whether the softmax also weighs a sink without a value, so that weights sum to less than 1 */
  readonly sinks?: true;
  /** Queries whose scores are shaped; selection and softmax see the same ones. */
  shape(queries: Queries, params: Params<S>): Queries;
}

export const defineShaping = <const S extends ParamSpecs>(shaping: LogitShaping<S>): LogitShaping => shaping;

/** A logit shaping with its parameters. */
export interface ShapingUse {
  /** its spec, with the parameters that differ from their defaults */
  readonly text: string;
  readonly shaping: LogitShaping;
  readonly params: AnyParams;
}

/** Queries each scaled by a factor that depends on the keys it sees. @param factor of n keys */
export function scaleQueries(queries: Queries, factor: (n: number) => number): Queries {
  const factors = Array.from(queries.positions, (position) => factor(position + 1));
  return { ...queries, heads: queries.heads.map((rows) => scaledRows(rows, factors, queries.group)) };
}

/** (Q G, d) rows times the factor of their query. */
function scaledRows(rows: Tensor, factors: readonly number[], group: number): Tensor {
  const out = flat(rows).slice();
  const width = rows.shape[1]!;
  for (let at = 0; at < out.length; at++) out[at]! *= factors[Math.floor(at / (group * width))]!;
  return tensor(out, rows.shape);
}

/** A cache whose prefill's queries are shaped as every other. */
export const shapeCache = (cache: KeyValueCache, { shaping, params }: ShapingUse): KeyValueCache => ({
  ...cache,
  observed: (...which) => shaping.shape(cache.observed(...which), params),
});
