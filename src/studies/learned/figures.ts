import { distinct } from "../../core/group.ts";
import { lengthAxis, shareAxis } from "../../figures/axes.ts";
import { panelFigure, seriesScales } from "../../figures/style.ts";
import type { SwapScore } from "./lengths.ts";
import type { CellScore } from "./scores.ts";

/** A share with its interval, in a panel and a series. */
interface SharePoint {
  readonly panel: string;
  readonly series: string;
  readonly x: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

interface ShareLines {
  readonly title: string;
  readonly subtitle: string;
  readonly points: readonly SharePoint[];
  /** encoding of the horizontal axis */
  readonly x: object;
  /** titles of the vertical axis and of the legend */
  readonly share: string;
  readonly legend: string;
}

/** Lines of shares with their intervals. */
function shareLines({ title, subtitle, points, x: axis, share, legend }: ShareLines): object {
  const scales = seriesScales(distinct(points.map(({ series }) => series)));
  const x = { field: "x", ...axis };
  const color = { field: "series", type: "nominal", scale: scales.color, title: legend };
  const shape = { field: "series", type: "nominal", scale: scales.shape, title: legend };
  const y = { field: "share", ...shareAxis(share) };
  return panelFigure({
    title,
    subtitle,
    points,
    layer: [
      {
        mark: { type: "rule", opacity: 0.5 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
      },
      { mark: { type: "line", strokeWidth: 1.8 }, encoding: { x, y, color } },
      { mark: { type: "point", filled: true, size: 45, opacity: 1 }, encoding: { x, y, color, shape } },
    ],
    width: 300,
    height: 220,
  });
}

const pointsOf = (
  scores: readonly CellScore[],
  placed: (score: CellScore) => Pick<SharePoint, "panel" | "series" | "x">,
): SharePoint[] =>
  scores.map((score) => ({ ...placed(score), share: score.accuracy, low: score.low, high: score.high }));

/** Whole numbers on an axis, all of which are labelled. */
const numbersAxis = (points: readonly SharePoint[], title: string, type: "linear" | "log"): object => ({
  type: "quantitative",
  title,
  scale: { type, ...(type === "log" ? { base: 2 } : { zero: false }), padding: 14, nice: false },
  axis: { values: distinct(points.map(({ x }) => x)), format: "d" },
});

/** Accuracy of recall against width, by attention. */
export function widthFigure(scores: readonly CellScore[]): object {
  const points = pointsOf(
    scores.filter(({ cell }) => cell.question === "width"),
    ({ cell: { attention, settings } }) => ({
      panel: `${settings.task.tokens} tokens`,
      series: attention,
      x: settings.shape.width,
    }),
  );
  return shareLines({
    title: "Recall of trained readers against width",
    subtitle:
      "one layer (hybrid: two), each behind a convolution over three tokens; lines: 95% intervals over answers",
    points,
    x: numbersAxis(points, "width", "log"),
    share: "right answers",
    legend: "attention",
  });
}

/** Accuracy of hops against depth. */
export function depthFigure(scores: readonly CellScore[]): object {
  const points = pointsOf(
    scores.filter(({ cell }) => cell.question === "depth"),
    ({ cell: { settings }, asked }) => ({
      panel: settings.task.name === "k-hop" ? `k-hop, up to ${settings.task.hops} hops` : "graph lookup",
      series: asked.replace(/ of \d+ hops/, " hops").replace(/^1 hops/, "1 hop"),
      x: settings.shape.mixers.length,
    }),
  );
  return shareLines({
    title: "Hops of trained readers against depth",
    subtitle:
      "dense layers of width 64, each behind a convolution over three tokens; a guess among the characters beside the present one is right in .33",
    points,
    x: numbersAxis(points, "layers", "linear"),
    share: "right answers",
    legend: "asked",
  });
}

/** Readers of the figure of lengths; the rank's stands in the table alone. */
const shownReaders = {
  trained: "trained",
  measured: "constructed, numbers read off",
  default: "constructed, defaults",
};

/** Answers of a trained reader over length with other attention than its own, beside constructed readers. */
export function lengthFigure(scores: readonly SwapScore[], trainedOn: number): object {
  const points = scores.flatMap(({ cell, variant, tokens, reader, accuracy, recall }): SharePoint[] => {
    if (cell.settings.task.tokens !== trainedOn || reader === "rank") return [];
    const own = variant === "dense" ? accuracy : recall;
    const name = /^[\w-]+/.exec(variant)![0];
    return [
      {
        panel: variant === "dense" ? "dense: right answers" : `${name}: answers that are read`,
        series: shownReaders[reader],
        x: tokens,
        share: own.mean,
        low: own.low,
        high: own.high,
      },
    ];
  });
  return shareLines({
    title: `Attention swapped in a reader that was trained on ${trainedOn} tokens`,
    subtitle:
      "selection of 128 tokens, eviction to a quarter before the question; lines: 95% intervals over sequences",
    points,
    x: lengthAxis(points.map(({ x }) => x)),
    share: "share",
    legend: "reader",
  });
}
