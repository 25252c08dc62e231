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
  const view = new vega.View(vega.parse(compile(spec as TopLevelSpec).spec), { renderer: "none" });
  try {
    return visible(await view.toSVG());
  } finally {
    view.finalize();
  }
}
