import { unmeasured } from "../core/profile.ts";
import type { Measure } from "../core/profile.ts";
import type { Ops } from "../engines/ops.ts";
import type { KeyValueCache, Queries } from "./cache.ts";
import { denseIn } from "./phase.ts";
import type { AttentionResult } from "./read.ts";
import { shapeCache } from "./shaping.ts";
import type { VariantUse } from "./variant.ts";
import { dense } from "./variants/dense/dense.ts";

/** Attention of a variant over one cache. */
export type Attend = (queries: Queries) => AttentionResult;

/**
 * Sets a variant to work on a cache. It shapes the logits, and builds the index at the first query. The context's own
 * queries go through the variant or through dense attention, according to its `prefill`; a pattern of prefill decodes
 * densely. The cache after prefill is made at the first query of decoding.
 */
export function attender(
  use: VariantUse,
  cache: KeyValueCache,
  ops: Ops,
  measure: Measure = unmeasured,
): Attend {
  const { afterPrefill, ...asRead } = cache;
  const prefill = phased(use, asRead, ops, measure);
  if (afterPrefill === undefined) return prefill;
  let decode: Attend | undefined;
  return (queries) => {
    if (queries.phase === "prefill") return prefill(queries);
    decode ??= phased(
      use,
      measure("prepare", () => afterPrefill(asRead)),
      ops,
      measure,
    );
    return decode(queries);
  };
}

function phased(use: VariantUse, cache: KeyValueCache, ops: Ops, measure: Measure): Attend {
  const own = phaseless(use, cache, ops, measure);
  if (use.variant.prefill === "same") return own;
  const whole = phaseless({ ...use, variant: dense, params: {} }, cache, ops, measure);
  return (queries) => (denseIn(use.variant, queries.phase) ? whole(queries) : own(queries));
}

function phaseless(
  { variant, params, shaping }: VariantUse,
  cache: KeyValueCache,
  ops: Ops,
  measure: Measure,
): Attend {
  let built: { readonly index: unknown } | undefined;
  return (queries) => {
    built ??= { index: measure("prepare", () => variant.prepare(shapeCache(cache, shaping), params, ops)) };
    const { index } = built;
    return measure("attend", () =>
      variant.attend({ queries: shaping.shaping.shape(queries, shaping.params), cache, index, ops }, params),
    );
  };
}
