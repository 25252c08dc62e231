import type { AnyParams } from "../core/params.ts";
import type { EngineMemory, EngineShape } from "./engine-shape.ts";
import type { AnyVariant } from "./variant.ts";

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
