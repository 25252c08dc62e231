import { join } from "node:path";
import { writeAtomic } from "../files/files.ts";
import { renderSvg } from "../figures/svg.ts";
import { renderPng } from "./render.ts";

export const figureFormats = ["svg", "png"] as const;

export type FigureFormat = (typeof figureFormats)[number];

/**
 * Writes a figure in each format. Returns the paths of the files.
 *
 * @param name of the files, without an ending
 * @param spec Vega-Lite specification
 */
export async function writeFigure(
  folder: string,
  name: string,
  spec: object,
  formats: readonly FigureFormat[] = figureFormats,
): Promise<string[]> {
  const svg = await renderSvg(spec);
  return formats.map((format) => {
    const path = join(folder, `${name}.${format}`);
    writeAtomic(path, format === "svg" ? svg : renderPng(svg));
    return path;
  });
}
