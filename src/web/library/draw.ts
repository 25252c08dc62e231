import { renderSvg } from "../../figures/svg.ts";
import type { DrawnFigure, Look } from "../questions.ts";
import { adapted } from "./adapt.ts";

/** Draws a figure of the command line for the page. @param name of its files */
export async function draw(name: string, figure: object, look: Look): Promise<DrawnFigure> {
  const { title, subtitle, spec } = adapted(figure, look);
  return { name, title, subtitle, svg: await renderSvg(spec), spec: figure };
}
