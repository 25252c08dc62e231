import { exportsOf } from "../core/entry.ts";
import { unknownName } from "../core/errors.ts";
import * as all from "./all.ts";
import type { Figure } from "./figure.ts";

/** Every kind of figure. To add a kind, write its file and add a line to all.ts. */
export const figures: readonly Figure[] = exportsOf<Figure>(all);

/** Finds a figure by its name. @throws UsageError for an unknown name */
export const findFigure = (name: string): Figure =>
  figures.find((figure) => figure.name === name) ??
  unknownName(
    "figure",
    name,
    figures.map((figure) => figure.name),
  );
