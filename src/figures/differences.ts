import { lengthsText, manyLengths } from "./applies.ts";
import type { Figure } from "./figure.ts";
import { lengthCurves } from "./length-curves.ts";
import { differenceCurves } from "./paired.ts";
import { rankedPoints } from "./ranked-points.ts";

/** An axis of differences of scores, with a line at none. */
const differenceAxis = (reference: string, ends: readonly number[]): object => ({
  type: "quantitative",
  title: `score minus that of ${reference}`,
  scale: { domain: [Math.min(-0.1, ...ends), Math.max(0.1, ...ends)], nice: true },
  axis: {
    format: "+.1f",
    tickCount: 8,
    gridColor: { condition: { test: "datum.value === 0", value: "#555555" }, value: "#e8e8e8" },
  },
});

export const differences: Figure = {
  name: "differences",
  summary: "score minus that of --reference on the same problems, over context length or at one",
  needs: "scores of several variants and a --reference",
  applies: (rows, reference) =>
    reference !== undefined && rows.some((row) => row.variant !== reference && row.score !== null),
  spec(rows, { title, reference = "" }) {
    const points = differenceCurves(rows, reference);
    const axis = differenceAxis(
      reference,
      points.flatMap(({ low, high }) => [low, high]),
    );
    const what = `mean difference of scores from ${reference} on the same problems`;
    return manyLengths(rows)
      ? lengthCurves({ title, subtitle: what, points, y: axis })
      : rankedPoints({ title, subtitle: `${what}, ${lengthsText(rows)}`, points, x: axis });
  },
};
