import { join } from "node:path";
import { exportsOf } from "../core/entry.ts";
import { UsageError, unknownName } from "../core/errors.ts";
import type { TrialRow } from "../trial/columns.ts";
import { writeAtomic } from "../files/files.ts";
import * as all from "../figures/all.ts";
import type { Figure } from "../figures/figure.ts";
import { renderPng, renderSvg } from "./render.ts";

/** Every figure kind. To add one, write its file and add its line to figures/all.ts. */
export const figures: readonly Figure[] = exportsOf<Figure>(all);

export const formats = ["svg", "png"] as const;

export type Format = (typeof formats)[number];

export interface DrawSettings {
  /** folder that the files are written to */
  readonly out: string;
  /** what stands above the figures */
  readonly title: string;
  /** figure kinds; all that the rows can show when absent */
  readonly names?: readonly string[] | undefined;
  readonly formats?: readonly Format[] | undefined;
}

/** @throws UsageError for an unknown figure */
export const findFigure = (name: string): Figure =>
  figures.find((figure) => figure.name === name) ??
  unknownName(
    "figure",
    name,
    figures.map((figure) => figure.name),
  );

/**
 * Draws rows of results into files named after the figures. Returns their paths.
 *
 * @throws UsageError for an unknown figure, or one asked for that the rows cannot show
 */
export async function drawFigures(rows: readonly TrialRow[], settings: DrawSettings): Promise<string[]> {
  const { out, title, names, formats: kinds = formats } = settings;
  const chosen = names?.map(findFigure) ?? figures.filter((figure) => figure.applies(rows));
  const paths: string[] = [];
  for (const figure of chosen) {
    if (!figure.applies(rows))
      throw new UsageError(`the rows cannot be drawn as ${figure.name}: ${figure.summary}`);
    const svg = await renderSvg(figure.spec(rows, title));
    for (const kind of kinds) {
      const path = join(out, `${figure.name}.${kind}`);
      writeAtomic(path, kind === "svg" ? svg : renderPng(svg));
      paths.push(path);
    }
  }
  return paths;
}
