import type { AttentionSpec } from "../../attention/spec.ts";
import type { KvDtype } from "../../core/dtype.ts";
import { engineCache, whyNoEngineRule } from "../../deployment/engine-cache.ts";
import { modelCost } from "../../deployment/model-cost.ts";
import { engineRuleNames } from "../../hardware/engine-rules/all.ts";
import { usualLimits } from "../../hardware/memory.ts";
import type { Model } from "../../hardware/model.ts";
import type { CardCache, CardReserve } from "./result.ts";

/** A length beyond every window, at which the growth of a cache is taken. */
const long = 2 ** 23;

/** Cache of a sequence as fixed bytes and bytes of each token, from the cost formulas of the layers. */
export function cacheOf(model: Model, spec: AttentionSpec, kvDtype: KvDtype): CardCache {
  const [once, twice] = [long, 2 * long].map((tokens) => modelCost(model, spec, tokens, kvDtype)) as [
    ReturnType<typeof modelCost>,
    ReturnType<typeof modelCost>,
  ];
  const tokenBytes = (twice.keptBytes - once.keptBytes) / long;
  return {
    kvDtype,
    windowBytes: once.keptBytes - tokenBytes * long,
    stateBytes: once.stateBytes,
    convolutionBytes: once.convolutionBytes,
    tokenBytes,
    indexTokenBytes: (twice.indexKeptBytes - once.indexKeptBytes) / long,
  };
}

/** Memory that each engine sets aside for a sequence of a length on one GPU. */
export const reservesOf = (
  model: Model,
  spec: AttentionSpec,
  kvDtype: KvDtype,
  tokens: number,
): CardReserve[] =>
  engineRuleNames.map((rule) => {
    const unknown = whyNoEngineRule(model, spec, kvDtype, rule);
    if (unknown !== undefined) return { rule, unknown };
    const { fixed, slope, larger, bytes } = engineCache(model, spec, {
      rule,
      kvDtype,
      parallel: { tp: 1, kvp: 1 },
      batchedTokens: usualLimits.chunkTokens,
    });
    return { rule, fixed, slope, larger: larger ?? false, bytes: bytes(tokens) };
  });
