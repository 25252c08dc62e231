import type { AttentionSpec } from "../attention/spec.ts";
import type { KvDtype } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { engineRules } from "../hardware/engine-rules/all.ts";
import type { EngineRuleName } from "../hardware/engine-rules/all.ts";
import type { CachedLayers, EngineRule, ReservedCache } from "../hardware/engine-rules/rule.ts";
import { attentionLayer } from "../hardware/layers/attention.ts";
import type { Parallelism } from "../hardware/parallelism.ts";
import type { Model } from "../hardware/model.ts";
import { attentionLayers, layerCosts } from "./model-cost.ts";
import type { AttentionLayers, LayerCost } from "./model-cost.ts";
import { remembered } from "./remembered.ts";

/** A length beyond every window, at which a cost's growth is taken. */
const long = 2 ** 23;

/** Bytes that a layer keeps: of each token, of its newest tokens or all, and of its state. */
interface LayerCache extends CachedLayers {
  /** heads among which GPUs can share the tokens' bytes */
  readonly kvHeads: number;
  /** part of `stateBytes` that convolutions keep, in float32 */
  readonly convolutionBytes: number;
  /** bytes of each token's index, which every GPU keeps whole */
  readonly indexBytes: number;
}

/** Caches of layers, or the reason why no engine's rule knows them. */
type ReadCaches = { readonly caches: readonly LayerCache[] } | { readonly unknown: string };

/** Bytes that the layers of a model keep, read off the costs of their variants. */
const layerCaches = remembered((model, spec, dtype: KvDtype): ReadCaches => {
  const { placement } = spec.placement;
  if (placement.name !== "hbm")
    return { unknown: `an engine's rule is for caches in HBM; got ${spec.text}; allowed: no placement` };
  const [one, some, twice] = [1, long, 2 * long].map((tokens) => layerCosts(model, spec, tokens, dtype));
  const read = attentionLayers(model, spec).map((group, i) =>
    cacheOf(group, { one: one![i]!, some: some![i]!, twice: twice![i]! }),
  );
  const odd = read.find((each) => typeof each === "string");
  return odd === undefined
    ? { caches: read.filter((each) => typeof each !== "string") }
    : { unknown: `${model.name}: ${odd}` };
});

/** Costs of a layer at one token, at a long cache and at one twice as long. */
type CostsByLength = Readonly<Record<"one" | "some" | "twice", LayerCost>>;

/** Cache of a layer, or the reason why no engine's rule knows it. */
function cacheOf(
  { layers, attention, spec }: AttentionLayers,
  { one, some, twice }: CostsByLength,
): LayerCache | string {
  const growth = (twice.cost.keptBytes - some.cost.keptBytes) / long;
  const indexBytes = (twice.cost.indexKeptBytes - some.cost.indexKeptBytes) / long;
  const bounded = some.cost.keptBytes - growth * long;
  const first = one.cost.keptBytes;
  const { stateBytes = 0, convolutionBytes = 0 } = some.cost;
  const besideWindow = growth > 0 && bounded > first;
  const { records } = attentionLayer(attention);
  if (besideWindow && !records)
    return (
      `no engine's rule is known for ${spec?.text ?? attention.kind}, which keeps records beside a window; ` +
      "allowed: layers that keep all tokens, a window or a state"
    );
  return {
    layers,
    kvHeads: some.kvHeads,
    indexBytes,
    convolutionBytes,
    tokenBytes: growth > 0 ? growth : first,
    ...(besideWindow && records && { records: { ...records, rowBytes: bounded / records.window } }),
    ...(growth === 0 && bounded > 0 && { window: bounded / first }),
    ...(stateBytes > 0 && { stateBytes }),
    ...(attentionLayer(attention).latent && { latent: true as const }),
  };
}

/** Reason why an engine's rule does not know the caches of a model; undefined if it does. */
export function whyNoEngineRule(
  model: Model,
  spec: AttentionSpec,
  dtype: KvDtype,
  rule: EngineRuleName,
): string | undefined {
  const read = layerCaches(model, spec, dtype);
  if ("unknown" in read) return read.unknown;
  const { lacks }: EngineRule = engineRules[rule];
  const lacking = lacks && read.caches.map(lacks).find((reason) => reason !== undefined);
  return lacking && `${model.name}: ${lacking}`;
}

/** Use of an engine's rule: its name, and the numbers beside the model that it depends on. */
export interface EngineUse {
  readonly rule: EngineRuleName;
  readonly kvDtype: KvDtype;
  readonly parallel: Pick<Parallelism, "tp" | "kvp">;
  /** most tokens of a pass */
  readonly batchedTokens: number;
  /** tokens drafted a step; default 0 */
  readonly draftTokens?: number;
}

/**
 * Memory that an engine sets aside for a sequence on all GPUs of a group, copies included.
 *
 * @throws UsageError for a kind of cache that no rule knows, and for a placement
 */
export function engineCache(
  model: Model,
  spec: AttentionSpec,
  { rule, kvDtype, parallel: { tp, kvp }, batchedTokens, draftTokens = 0 }: EngineUse,
): ReservedCache {
  const unknown = whyNoEngineRule(model, spec, kvDtype, rule);
  if (unknown !== undefined) throw new UsageError(unknown);
  const read = layerCaches(model, spec, kvDtype);
  const caches = "unknown" in read ? [] : read.caches;
  const layers = caches.map(
    ({ kvHeads, indexBytes, convolutionBytes, tokenBytes, window, records, stateBytes, ...rest }) => ({
      ...rest,
      tokenBytes: tokenBytes / Math.min(tp, kvHeads) + indexBytes,
      ...(window !== undefined && { window: window / kvp }),
      ...(records && { records: { ...records, window: records.window / kvp } }),
      ...(stateBytes !== undefined && {
        // engines keep the last inputs of convolutions in bf16
        stateBytes: (stateBytes - (rule === "ideal" ? 0 : convolutionBytes / 2)) / tp,
      }),
    }),
  );
  const { fixed, slope, larger, bytes } = engineRules[rule].reserve(layers, {
    batchedTokens,
    draftTokens,
  });
  return {
    fixed: tp * kvp * fixed,
    slope: tp * slope,
    ...(larger && { larger }),
    bytes: (tokens) => tp * kvp * bytes(Math.ceil(tokens / kvp)),
  };
}
