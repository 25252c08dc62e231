import { renderSvg } from "../../figures/svg.ts";
import type { DrawnFigure, Look } from "../questions.ts";
import { adapted } from "./adapt.ts";

/** Draws a figure of the command line for the page. @param name of its files */
export async function draw(name: string, figure: object, look: Look): Promise<DrawnFigure> {
  const { title, subtitle, spec } = adapted(figure, look);
  return { name, title, subtitle, svg: withData(await renderSvg(spec)), spec: figure };
}

/**
 * SVG text whose marks carry their labels as data. The page shows them at a pointer; for a screen reader the figure is one
 * image, and a table beside it has the numbers.
 */
const withData = (svg: string): string =>
  svg
    .replaceAll(/ role="graphics-\w+"/g, "")
    .replaceAll(' aria-label="', ' data-label="')
    .replaceAll(' aria-roledescription="', ' data-kind="');
