import { join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { writeAtomic } from "../files/files.ts";
import { canDrawPng, renderPng, requireRenderer } from "./render.ts";

export const figureFormats = ["svg", "png"] as const;

export type FigureFormat = (typeof figureFormats)[number];

/**
 * The format of a figure's file.
 *
 * @param option that named the file, for the message
 * @throws UsageError for another ending, and for .png where it cannot be drawn
 */
export function formatOf(option: string, path: string): FigureFormat {
  const format = figureFormats.find((each) => path.endsWith(`.${each}`));
  if (format === undefined)
    throw new UsageError(
      `${option} must end in ${figureFormats.map((each) => `.${each}`).join(" or ")}; got ${path}`,
    );
  if (format === "png") requireRenderer();
  return format;
}

/** Draws a figure. Vega is loaded with the first one: with all that it imports it is most of the program's modules. */
async function svgOf(spec: object): Promise<string> {
  const { renderSvg } = await import("../figures/svg.ts");
  return renderSvg(spec);
}

/** The formats that figures can be drawn in here. */
const drawnFormats = (): FigureFormat[] => figureFormats.filter((format) => format === "svg" || canDrawPng());

/** Draws a figure to one file. @param spec Vega-Lite specification */
export async function drawFigure(path: string, format: FigureFormat, spec: object): Promise<void> {
  const svg = await svgOf(spec);
  writeAtomic(path, format === "svg" ? svg : renderPng(svg));
}

/**
 * Writes a figure in each format, without `formats` in all that can be drawn here. Returns the paths of the files.
 *
 * @param name of the files, without an ending
 * @param spec Vega-Lite specification
 */
export async function writeFigure(
  folder: string,
  name: string,
  spec: object,
  formats: readonly FigureFormat[] = drawnFormats(),
): Promise<string[]> {
  const svg = await svgOf(spec);
  return formats.map((format) => {
    const path = join(folder, `${name}.${format}`);
    writeAtomic(path, format === "svg" ? svg : renderPng(svg));
    return path;
  });
}
