import type { TrialRow } from "../trial/columns.ts";
import { distinct, groupBy } from "../core/group.ts";
import { formatLength } from "../core/length.ts";
import { bytesReadOf, estimate, measured, panelOf, scoreMeasure, seriesNamer } from "./aggregate.ts";
import { manyFamilies } from "./applies.ts";
import { trialsText } from "./ends.ts";
import type { EndedPoint } from "./ends.ts";
import type { Figure } from "./figure.ts";
import { labelLayers, placeLabels } from "./labels.ts";
import type { PanelLine } from "./labels.ts";
import { bytesAxis, logDomain, logPixel, shareAxis, sharePixel } from "./axes.ts";
import { panelFigure, panelSize, seriesScales } from "./style.ts";

/** Number of lengths that are shown. Each is an eighth of the one before, from the longest on. */
const lengthsShown = 2;
const lengthStep = 8;

/** A variant at one length: mean bytes read by a decode step, and mean score. */
interface BytesPoint extends EndedPoint {
  readonly panel: string;
  readonly series: string;
  readonly family: string;
  readonly bytes: number;
  readonly score: number;
}

/** Tells whether no other variant of the panel beats this one: reads no more, scores no less, and is better in one. */
const isOnFront = (point: BytesPoint, all: readonly BytesPoint[]): boolean =>
  !all.some(
    (other) =>
      other.panel === point.panel &&
      other.bytes <= point.bytes &&
      other.score >= point.score &&
      (other.bytes < point.bytes || other.score > point.score),
  );

/** Lengths of the rows that are shown. A length counts as a wanted one if the two differ by less than a tenth. */
function shownLengths(rows: readonly TrialRow[]): number[] {
  const lengths = distinct(rows.map((row) => row.tokensNominal));
  const longest = Math.max(...lengths);
  return lengths.filter((tokens) =>
    Array.from({ length: lengthsShown }, (_, i) => longest / lengthStep ** i).some(
      (wanted) => Math.abs(tokens / wanted - 1) < 0.1,
    ),
  );
}

/** The stairs of a front in pixels: each score goes on to the bytes of the next. */
const stairs = (front: readonly { readonly x: number; readonly y: number }[]): PanelLine[] =>
  front.slice(1).flatMap((next, i) => {
    const { x, y } = front[i]!;
    return [
      { from: [x, y], to: [next.x, y] },
      { from: [next.x, y], to: [next.x, next.y] },
    ];
  });

/** The points of a panel with the places of the names of those on its front. */
function labelled(points: readonly BytesPoint[], domain: readonly [number, number]) {
  const placed = points
    .map((point) => ({
      point,
      x: logPixel(point.bytes, domain, panelSize.width),
      y: sharePixel(point.score, panelSize.height),
      isBest: isOnFront(point, points),
    }))
    .sort((a, b) => a.x - b.x);
  const labels = placeLabels({
    ...panelSize,
    marks: placed.map(({ x, y, isBest, point }) => ({ x, y, text: isBest ? point.series : undefined })),
    lines: stairs(placed.filter(({ isBest }) => isBest)),
  });
  return placed.map(({ point, isBest }, i) => ({ ...point, isBest, ...labels[i] }));
}

export const accuracyBytesFront: Figure = {
  name: "accuracy-bytes-front",
  summary:
    "score against bytes read at the longest length and an eighth of it; variants that none beats are joined",
  needs: "variants of more than five families, with bytes read",
  applies: (rows) => manyFamilies(rows) && rows.some((row) => bytesReadOf(row) !== null),
  spec(rows, { title }) {
    const shown = new Set(shownLengths(rows));
    const series = seriesNamer(rows);
    const cells = groupBy(
      rows.filter((row) => shown.has(row.tokensNominal)),
      (row) => JSON.stringify([panelOf(row), row.tokensNominal, series(row)]),
    );
    const points = [...cells.values()].flatMap((cell): BytesPoint[] => {
      const [score, bytes] = [estimate(cell, scoreMeasure), estimate(cell, measured(bytesReadOf))];
      if (score === undefined || bytes === undefined) return [];
      const row = cell[0]!;
      return [
        {
          panel: `${panelOf(row)}, ${formatLength(row.tokensNominal)} tokens`,
          series: series(row),
          family: row.family,
          bytes: bytes.mean,
          score: score.mean,
          kind: score.kind,
          trials: score.trials,
        },
      ];
    });
    const domain = logDomain(points.map(({ bytes }) => bytes));
    const drawn = [...groupBy(points, ({ panel }) => panel).values()].flatMap((panel) =>
      labelled(panel, domain),
    );
    const families = distinct(points.map(({ family }) => family));
    const { color, shape } = seriesScales(families);
    const x = {
      field: "bytes",
      ...bytesAxis(
        points.map(({ bytes }) => bytes),
        "bytes read by one decode step",
      ),
    };
    const y = { field: "score", ...shareAxis("score") };
    const hue = {
      field: "family",
      type: "nominal",
      scale: color,
      title: "family",
      legend: { symbolOpacity: 1, symbolSize: 80 },
    };
    const mark = { field: "family", type: "nominal", scale: shape, title: "family" };
    return panelFigure({
      title,
      subtitle: `mean score; named and joined: no other variant reads as little and scores as much; ${trialsText(points)}`,
      points: drawn,
      layer: [
        {
          transform: [{ filter: "datum.isBest" }],
          mark: { type: "line", color: "#999999", strokeWidth: 1.2, interpolate: "step-after" },
          encoding: { x, y, order: { field: "bytes" } },
        },
        {
          mark: { type: "point", filled: true, size: 70, opacity: 0.9 },
          encoding: { x, y, color: hue, shape: mark },
        },
        ...labelLayers(x, y),
      ],
    });
  },
};
