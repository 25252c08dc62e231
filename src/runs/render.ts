import { createRequire } from "node:module";
import type { Resvg } from "@resvg/resvg-js";
import { UsageError } from "../core/errors.ts";
import type { Require } from "../engines/native.ts";

const require = createRequire(import.meta.url);
const fontFiles = [
  require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
  require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
];

/** The renderer. Its binary is an optional package of each machine: undefined in an installation without it. */
function rendererOf(load: Require): typeof Resvg | undefined {
  try {
    return (load("@resvg/resvg-js") as { Resvg: typeof Resvg }).Resvg;
  } catch {
    return undefined;
  }
}

/** Whether figures can be drawn as PNG in this installation. */
export const canDrawPng = (load: Require = require): boolean => rendererOf(load) !== undefined;

/** The renderer. @throws UsageError in an installation without its binary */
export function requireRenderer(load: Require = require): typeof Resvg {
  const found = rendererOf(load);
  if (found !== undefined) return found;
  throw new UsageError(
    "PNG cannot be drawn: the optional package of @resvg/resvg-js for this machine is not installed; SVG can",
  );
}

/**
 * SVG text as PNG, two pixels to a unit. The font is the package's own, so that every machine draws the same.
 *
 * @throws UsageError in an installation without the renderer's binary
 */
export function renderPng(svg: string): Uint8Array {
  const Renderer = requireRenderer();
  return new Renderer(svg, {
    fitTo: { mode: "zoom", value: 2 },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
  })
    .render()
    .asPng();
}
