import type { TrialRow } from "../trial/columns.ts";
import { distinct, groupBy } from "../core/group.ts";
import { formatLength } from "../core/length.ts";
import { bytesReadOf, estimate, measured, panelOf, scoreMeasure, seriesNamer } from "./aggregate.ts";
import { manyFamilies } from "./applies.ts";
import { trialsText } from "./ends.ts";
import type { EndedPoint } from "./ends.ts";
import type { Figure } from "./figure.ts";
import { bytesAxis, panelFigure, seriesScales, shareAxis } from "./style.ts";

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

/**
 * Distances in pixels between a point and its name. Neighbours take them in turn, so that names do not cover each other.
 * Names are above points of low score and below all others.
 */
const drops = [10, 22, 34];
const isLow = (score: number): boolean => score < 0.2;

export const accuracyBytesFront: Figure = {
  name: "accuracy-bytes-front",
  summary:
    "score against bytes read at the longest length and an eighth of it; variants that none beats are joined",
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
    const best = points.filter((point) => isOnFront(point, points)).sort((a, b) => a.bytes - b.bytes);
    const turnOf = (point: BytesPoint): number => {
      const own = best.filter(
        ({ panel, score }) => panel === point.panel && isLow(score) === isLow(point.score),
      );
      return own.indexOf(point) % drops.length;
    };
    const drawn = points.map((point) => ({ ...point, turn: turnOf(point), low: isLow(point.score) }));
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
          transform: [{ filter: "datum.turn >= 0" }],
          mark: { type: "line", color: "#999999", strokeWidth: 1.2, interpolate: "step-after" },
          encoding: { x, y, order: { field: "bytes" } },
        },
        {
          mark: { type: "point", filled: true, size: 70, opacity: 0.9 },
          encoding: { x, y, color: hue, shape: mark },
        },
        ...drops.flatMap((drop, turn) =>
          [false, true].map((low) => ({
            transform: [{ filter: `datum.turn === ${turn} && datum.low === ${low}` }],
            mark: {
              type: "text",
              align: "left",
              dx: 6,
              dy: low ? -drop : drop,
              fontSize: 10,
              color: "#333333",
            },
            encoding: { x, y, text: { field: "series" } },
          })),
        ),
      ],
    });
  },
};
