import { curves, measured } from "./aggregate.ts";
import type { Figure } from "./figure.ts";
import { lengthCurves } from "./length-curves.ts";
import { shareAxis } from "./axes.ts";
import { manyLengths } from "./applies.ts";

export const goldMass: Figure = {
  name: "gold-mass",
  summary: "attention weight on the right positions, against context length",
  needs: "rows of several lengths, with gold mass",
  applies: (rows) => manyLengths(rows) && rows.some((row) => row.goldMass !== null),
  spec: (rows, { title }) =>
    lengthCurves({
      title,
      subtitle: "gold mass: attention weight on the right positions; mean",
      points: curves(
        rows,
        measured(({ goldMass }) => goldMass),
      ),
      y: shareAxis("gold mass"),
    }),
};
