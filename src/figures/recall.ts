import { curves, measured } from "./aggregate.ts";
import type { Figure } from "./figure.ts";
import { lengthCurves } from "./length-curves.ts";
import { shareAxis } from "./axes.ts";
import { manyLengths } from "./applies.ts";

export const recall: Figure = {
  name: "recall",
  summary: "share of the right positions that were read, against context length",
  needs: "rows of several lengths, with recall",
  applies: (rows) => manyLengths(rows) && rows.some((row) => row.recall !== null),
  spec: (rows, { title }) =>
    lengthCurves({
      title,
      subtitle: "recall: share of the right positions that were read; mean",
      points: curves(
        rows,
        measured(({ recall }) => recall),
      ),
      y: shareAxis("recall"),
    }),
};
