import * as vega from "vega";
import { compile } from "vega-lite";
import type { TopLevelSpec } from "vega-lite";
import { visible } from "../core/visible.ts";

/** Function by which Vega measures text. Vega's types do not declare it. */
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: { fontSize?: number; text?: unknown }, text?: unknown) => number };
};

// Without a canvas Vega assumes that a character is .8 em wide, which makes the margins of legends twice too wide.
textMetrics.width = ({ fontSize = 11, text: own = "" }, text = own) => 0.66 * String(text).length * fontSize;

/** A Vega-Lite specification as SVG text. Control characters of names are written as escapes, since XML forbids them. */
export async function renderSvg(spec: object): Promise<string> {
  const marked = drawable(spec) as TopLevelSpec;
  const view = new vega.View(vega.parse(compile(marked).spec), { renderer: "none" });
  try {
    return visible(await view.toSVG()).replaceAll(joiner, "");
  } finally {
    view.finalize();
  }
}

/** A character without width, which parts no word. */
const joiner = "\u2060";

/**
 * A specification whose texts Vega can draw. It looks texts up in objects and finds there what every object inherits, so
 * that `constructor` and `toString` begin with a joiner; and it puts titles into expressions, where a line may not end.
 */
function drawable(spec: unknown): unknown {
  if (typeof spec === "string") {
    const line = spec.replaceAll(/[\n\r\u2028\u2029]+/g, " ");
    return line in Object.prototype ? `${joiner}${line}` : line;
  }
  if (Array.isArray(spec)) return spec.map(drawable);
  if (typeof spec !== "object" || spec === null) return spec;
  return Object.fromEntries(Object.entries(spec).map(([key, value]) => [key, drawable(value)]));
}
