import { curves, number } from "./aggregate.ts";
import { manyLengths } from "./applies.ts";
import type { Figure } from "./figure.ts";
import { lengthCurves } from "./length-curves.ts";
import { shareAxis } from "./style.ts";

export const accuracy: Figure = {
  name: "accuracy",
  summary: "score against context length, beside published scores",
  applies: manyLengths,
  spec: (rows, title) =>
    lengthCurves({
      title,
      subtitle: "mean score and 95% interval over trials; simulated curves, published scores as open marks",
      points: curves(rows, (row) => number(row, "score")),
      y: shareAxis("score"),
    }),
};
