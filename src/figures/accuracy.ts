import { curves, scoreMeasure } from "./aggregate.ts";
import { manyLengths } from "./applies.ts";
import type { Figure, PublishedResult } from "./figure.ts";
import { lengthCurves } from "./length-curves.ts";
import type { PublishedPoint } from "./length-curves.ts";
import { shareAxis } from "./axes.ts";

/** Published scores of the drawn benchmarks and lengths. A score that covers several lengths is drawn at the longest. */
function publishedBeside(
  points: readonly { panel: string; tokens: number }[],
  published: readonly PublishedResult[],
): PublishedPoint[] {
  const drawn = new Set(points.map(({ panel }) => panel));
  const all = points.map(({ tokens }) => tokens);
  // datasets call both 128,000 and 131,072 tokens 128K
  const [low, high] = [Math.min(...all) / 1.05, Math.max(...all) * 1.05];
  return published
    .map(({ benchmark, metric, model, score, tokens }) => ({
      panel: benchmark,
      metric,
      model,
      tokens: tokens.high,
      mean: score,
    }))
    .filter(
      ({ panel, tokens, metric }) =>
        drawn.has(panel) && tokens >= low && tokens <= high && metric !== "other",
    );
}

export const accuracy: Figure = {
  name: "accuracy",
  summary: "score against context length, beside published scores",
  needs: "rows of several lengths",
  applies: manyLengths,
  spec(rows, { title, published }) {
    const points = curves(rows, scoreMeasure);
    const beside = publishedBeside(points, published);
    const marks =
      beside.length === 0
        ? ""
        : "; open marks: published scores of models, at the upper end of the lengths they cover";
    return lengthCurves({
      title,
      subtitle: `mean score of simulated trials${marks}`,
      points,
      published: beside,
      y: shareAxis("score"),
    });
  },
};
