import { renderSvg } from "../../figures/svg.ts";
import type { DrawnFigure, FiguresQuestion } from "../questions.ts";
import { draw } from "./draw.ts";

/** Draws specifications for the page, one after the other. */
export async function* drawn({ figures, look }: FiguresQuestion): AsyncGenerator<readonly DrawnFigure[]> {
  const found: DrawnFigure[] = [];
  for (const { name, spec } of figures) {
    found.push(await draw(name, spec, look));
    yield [...found];
  }
}

/** A specification as SVG text, as the command line writes it. */
export async function* fileOf({ spec }: { readonly spec: object }): AsyncGenerator<string> {
  yield await renderSvg(spec);
}
