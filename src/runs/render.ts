import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import * as vega from "vega";
import { compile } from "vega-lite";
import type { TopLevelSpec } from "vega-lite";

const require = createRequire(import.meta.url);
const fontFiles = [
  require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
  require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
];

/** Widths that Vega lays text out with; its types leave them out. */
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: { fontSize?: number; text?: unknown }, text?: unknown) => number };
};

// without a canvas Vega takes a character for .8 em, and legends get margins twice as wide as they need
textMetrics.width = ({ fontSize = 11, text: own = "" }, text = own) => 0.66 * String(text).length * fontSize;

/** A Vega-Lite specification as SVG text. */
export async function renderSvg(spec: object): Promise<string> {
  const view = new vega.View(vega.parse(compile(spec as TopLevelSpec).spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** SVG text as PNG, two pixels to a unit, with a font of our own: no machine's fonts change it. */
export const renderPng = (svg: string): Uint8Array =>
  new Resvg(svg, {
    fitTo: { mode: "zoom", value: 2 },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
  })
    .render()
    .asPng();
