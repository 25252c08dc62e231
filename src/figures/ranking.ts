import { curves, scoreMeasure } from "./aggregate.ts";
import { lengthsText, manyLengths } from "./applies.ts";
import type { Figure } from "./figure.ts";
import { rankedPoints } from "./ranked-points.ts";
import { shareAxis } from "./axes.ts";

export const ranking: Figure = {
  name: "ranking",
  summary: "score of each variant at one context length, the best first",
  needs: "rows of a single length, without budgets",
  applies: (rows) => !manyLengths(rows) && rows.every((row) => row.users === null),
  spec: (rows, { title }) =>
    rankedPoints({
      title,
      subtitle: `mean score at ${lengthsText(rows)}`,
      points: curves(rows, scoreMeasure).sort((a, b) => b.mean - a.mean),
      x: shareAxis("score"),
    }),
};
