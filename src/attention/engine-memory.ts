import type { StepShape } from "../core/cost.ts";
import type { AnyParams } from "../core/params.ts";
import type { AnyVariant } from "./variant.ts";

/** A cache in an engine's memory, and the queries that are asked together. */
export interface EngineShape extends StepShape {
  /** query rows of a kv head */
  readonly asked: number;
}

/** Bytes that an engine which computes in float32 takes for a variant, beside K and V. */
export interface EngineMemory {
  /** index and copies of all heads, which stay while queries are read; default: 4 for each byte of the cost's index */
  readonly kept?: number;
  /** scores in the space of each kv head, which are given back; default: 0 */
  readonly scores?: number;
  /** scratch that no head has for itself; default: 0 */
  readonly scratch?: number;
}

/** Engines hold an index in float32, also one whose cost counts smaller elements. */
const numberBytes = 4;

/** Memory that a variant takes in an engine. The layers of a plan keep an index each, and share what is given back. */
export function engineMemory(
  { variant, params }: { readonly variant: AnyVariant; readonly params: AnyParams },
  shape: EngineShape,
): Required<EngineMemory> {
  if (variant.layers === undefined) {
    const { kept, scores = 0, scratch = 0 } = variant.memory?.(shape, params) ?? {};
    const index = (): number =>
      numberBytes * variant.cost({ ...shape, bytesPerElement: 1 }, params).indexKeptBytes;
    return { kept: kept ?? index(), scores, scratch };
  }
  const layers = [...new Map(variant.layers.map((layer) => [layer.resolved, layer])).values()].map((layer) =>
    engineMemory(layer, shape),
  );
  const most = (part: "scores" | "scratch"): number => Math.max(...layers.map((layer) => layer[part]));
  return {
    kept: layers.reduce((sum, { kept }) => sum + kept, 0),
    scores: most("scores"),
    scratch: most("scratch"),
  };
}
