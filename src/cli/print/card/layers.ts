import { parseExpression } from "../../../core/spec.ts";
import type { Expression, LayerGroup } from "../../../core/spec.ts";
import type { Card } from "../../../studies/card/result.ts";

/** Layers in words: `12 x (window 128, full)`. */
export function layersText({ native, attention }: Card): string {
  const expression = parseExpression(native);
  const runs = expression.layers
    ? groupsText(expression.layers)
    : attention
        .map(
          ({ layers, kind, variant }) =>
            `${layers} x ${variant === null ? kind : variantText(parseExpression(variant))}`,
        )
        .join(", ");
  const unknown = attention.filter(({ variant }) => variant === null);
  return unknown.length === 0 || !expression.layers
    ? runs
    : `${runs}; beside them ${unknown.map(({ layers, kind }) => `${layers} x ${kind}`).join(", ")}`;
}

const groupsText = (groups: readonly LayerGroup[]): string => groups.map(groupText).join(", ");

function groupText({ times, of }: LayerGroup): string {
  const inner = isExpression(of) ? variantText(of) : `(${groupsText(of)})`;
  return times === 1 ? inner : `${times} x ${inner}`;
}

const isExpression = (of: LayerGroup["of"]): of is Expression => !Array.isArray(of);

/** A variant in the words of a layer plan: `full`, `window 128`, or its spec. */
function variantText({ name, args }: Expression): string {
  if (name === "dense") return "full";
  if (name === "sink-window" && args["sinks"] === "0") return `window ${args["window"] ?? ""}`;
  const params = Object.entries(args).map(([param, value]) => `${param}=${value}`);
  return params.length === 0 ? name : `${name}(${params.join(",")})`;
}
