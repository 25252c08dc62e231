import type { Entry } from "../core/entry.ts";
import type { AnyParams, Params, ParamSpecs } from "../core/params.ts";
import { flat, tensor } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { KeyValueCache, Queries } from "./cache.ts";

/** A way to turn logits into weights, for any variant. A shaping is one file and one line in shapings/all.ts. */
export interface LogitShaping<S extends ParamSpecs = ParamSpecs> extends Entry {
  /** formula in a line of plain text, for `describe` */
  readonly formula: string;
  readonly params: S;
  /** reason why outputs are no convex combination of values, if they are not */
  readonly notConvex?: string;
  /** whether the softmax also weighs a sink without a value, so that weights have a sum below 1 */
  readonly sinks?: true;
  /** Queries whose scores are shaped. Selection and softmax see the same queries. */
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

/** Scales each query by a factor. @param factor factor of a query that sees n keys */
export function scaleQueries(queries: Queries, factor: (n: number) => number): Queries {
  const factors = Array.from(queries.positions, (position) => factor(position + 1));
  return { ...queries, heads: queries.heads.map((rows) => scaledRows(rows, factors, queries.group)) };
}

/** (Q G, d) rows, each times the factor of its query. */
function scaledRows(rows: Tensor, factors: readonly number[], group: number): Tensor {
  const out = flat(rows).slice();
  const width = rows.shape[1]!;
  for (let at = 0; at < out.length; at++) out[at]! *= factors[Math.floor(at / (group * width))]!;
  return tensor(out, rows.shape);
}

/** A cache whose queries of prefill, and of a second reading, are shaped. */
export function shapeCache(cache: KeyValueCache, { shaping, params }: ShapingUse): KeyValueCache {
  const { repeated, idle } = cache;
  return {
    ...cache,
    observed: (...which) => shaping.shape(cache.observed(...which), params),
    ...(repeated && { repeated: (wanted) => shaping.shape(repeated(wanted), params) }),
    ...(idle && { idle: { ...idle, repeated: (wanted) => shaping.shape(idle.repeated(wanted), params) } }),
  };
}
