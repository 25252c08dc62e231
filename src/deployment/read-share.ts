import type { AttentionSpec } from "../attention/spec.ts";
import { parseSpec } from "../attention/spec.ts";
import type { MadeFor } from "../attention/variant.ts";
import { models } from "../hardware/models/all.ts";
import type { Model } from "../hardware/model.ts";
import { modelCost } from "./model-cost.ts";

/** For variants that were made for no model of the catalog. */
const groupedQuery: MadeFor = { model: "llama-3.1-70b", dense: "dense" };

/** A variant's reads in the records of its own model. */
export interface ReadShare {
  readonly model: Model;
  /** bytes that a step reads, of those that the model's dense attention reads */
  readonly share: number;
}

/**
 * Bytes that a decode step of a variant reads, K, V, index and state, as a share of those of dense attention. Both are of
 * the model that the variant was made for (`madeFor`), in the records that it keeps in FP8: DSA's index of 132 B a token
 * lies beside latents of 656 B, not beside the K and V of the reader's heads.
 */
export function readShare(spec: AttentionSpec, tokens: number): ReadShare {
  const { model: name, dense } = spec.variant.madeFor ?? groupedQuery;
  const model = models.get(name);
  const read = (used: AttentionSpec): number => {
    const { kvReadBytes, indexReadBytes, stateBytes } = modelCost(model, used, tokens, "fp8");
    return kvReadBytes + indexReadBytes + stateBytes;
  };
  return { model, share: read(spec) / read(parseSpec(dense)) };
}
