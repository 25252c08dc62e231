import { exportsOf } from "../core/entry.ts";
import { unknownName } from "../core/errors.ts";
import * as all from "./all.ts";
import type { Figure } from "./figure.ts";

/** Every kind of figure. To add one, write its file and add its line to all.ts. */
export const figures: readonly Figure[] = exportsOf<Figure>(all);

/** @throws UsageError for an unknown figure */
export const findFigure = (name: string): Figure =>
  figures.find((figure) => figure.name === name) ??
  unknownName(
    "figure",
    name,
    figures.map((figure) => figure.name),
  );
