import { renderSvg } from "../../figures/svg.ts";
import type { DrawnFigure, Look } from "../questions.ts";
import { adapted, edges } from "./adapt.ts";

/** Draws a figure of the command line for the page. @param name of its files */
export async function draw(name: string, figure: object, look: Look): Promise<DrawnFigure> {
  const { title, subtitle, spec } = adapted(figure, look);
  let svg = await renderSvg(spec);
  // names at axes and at the ends of lines take more room than was set aside: a figure that is scaled down has small letters
  const beyond = Math.ceil(widthOf(svg) - (look.width - edges));
  if (beyond > 0) svg = await renderSvg(adapted(figure, { ...look, width: look.width - beyond }).spec);
  return { name, title, subtitle, svg: withData(svg), spec: figure };
}

/** Width of SVG text, in pixels; 0 if it has none. */
const widthOf = (svg: string): number => Number(/^<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1] ?? 0);

/**
 * SVG text whose marks carry their labels as data. The page shows them at a pointer; for a screen reader the figure is one
 * image, and a table beside it has the numbers.
 */
const withData = (svg: string): string =>
  svg
    .replaceAll(/ role="graphics-\w+"/g, "")
    .replaceAll(' aria-label="', ' data-label="')
    .replaceAll(' aria-roledescription="', ' data-kind="');
