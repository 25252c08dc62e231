import { distinct, groupBy } from "../core/group.ts";
import { lineWidth, logPlace, markSize, withCovers } from "./covered.ts";
import { endLabelLayers, endLabelRoom, namedAtEnds } from "./end-labels.ts";
import { lengthAxis, logDomain, logTicks } from "./axes.ts";
import { legendColumns, panelFigure, panelsOfSeries, seriesScales } from "./style.ts";

/** Titles of a figure of lines over context length, and the columns that it shows. */
export interface LinesAsked<R> {
  readonly title: string;
  readonly subtitle: string;
  /** column that the log axis shows, and the axis' title */
  readonly y: { readonly field: keyof R; readonly title: string };
  /** names the line that a row belongs to */
  readonly series: (row: R) => string;
  /** names the panel that a row belongs to */
  readonly panel: (row: R) => string;
  /** why a row has no number above 0: "the caches do not fit"; a line that ends early is marked with it */
  readonly missing?: string;
}

/** Longest length of each line. */
function longestOf<R extends { readonly tokens: number }>(
  rows: readonly R[],
  lineOf: (row: R) => string,
): ReadonlyMap<string, number> {
  return new Map(
    [...groupBy(rows, lineOf)].map(([line, own]) => [line, Math.max(...own.map(({ tokens }) => tokens))]),
  );
}

/**
 * Lines over the column `tokens`, each in its colour. A row whose y is no number above 0 is left out; where `missing` says
 * why, a cross ends a line that has no number at longer lengths.
 */
export function linesFigure<R extends { readonly tokens: number }>(
  rows: readonly R[],
  { title, subtitle, y, series, panel, missing }: LinesAsked<R>,
): object {
  const lineOf = (row: R): string => JSON.stringify([panel(row), series(row)]);
  const longest = longestOf(rows, lineOf);
  const measured = rows.flatMap((row) => {
    const value = row[y.field];
    return typeof value === "number" && value > 0 ? [{ row, value }] : [];
  });
  const ends = longestOf(
    measured.map(({ row }) => row),
    lineOf,
  );
  const place = logPlace(measured.map(({ value }) => value));
  const covered = withCovers(
    measured.map(({ row, value }) => ({
      panel: panel(row),
      series: series(row),
      tokens: row.tokens,
      y: value,
      ends: ends.get(lineOf(row)) === row.tokens && row.tokens < longest.get(lineOf(row))!,
    })),
    (point) => place(point.y),
  );
  const names = distinct(covered.map((point) => point.series));
  const { color, strokeDash, shape } = seriesScales(names, panelsOfSeries(covered));
  const x = { field: "tokens", ...lengthAxis(covered.map(({ tokens }) => tokens)) };
  const domain = logDomain(
    covered.map((point) => point.y),
    1.15,
  );
  const axis = {
    field: "y",
    type: "quantitative",
    title: y.title,
    scale: { type: "log", nice: false, domain },
    axis: { format: domain[1] < 1000 ? "~r" : "~s", values: logTicks(domain) },
  };
  const labelled = namedAtEnds(covered, { channel: axis, value: (point) => point.y });
  const points = labelled ?? covered;
  const legend =
    labelled === undefined ? { symbolSize: 70, symbolOpacity: 1, columns: legendColumns(names) } : null;
  const hue = { field: "series", type: "nominal", scale: color, title: null, legend };
  const dash = { field: "series", type: "nominal", scale: strokeDash, title: null, legend };
  const stops = missing === undefined ? [] : points.filter((point) => point.ends);
  return panelFigure({
    title,
    subtitle: stops.length === 0 ? subtitle : `${subtitle}; a cross ends a line: beyond it ${missing}`,
    points,
    ...(labelled !== undefined && { besideEach: endLabelRoom(points) }),
    layer: [
      {
        mark: { type: "line", ...lineWidth },
        encoding: { x, y: axis, color: hue, strokeDash: dash },
      },
      {
        mark: { type: "point", filled: true, opacity: 1, ...markSize },
        encoding: {
          x,
          y: axis,
          color: hue,
          shape: { field: "series", type: "nominal", scale: shape, title: null, legend },
        },
      },
      ...(labelled === undefined ? [] : endLabelLayers(x, axis, hue)),
      ...(stops.length === 0
        ? []
        : [
            {
              transform: [{ filter: "datum.ends" }],
              mark: {
                type: "point",
                shape: "M-1,-1L1,1M-1,1L1,-1",
                size: 110,
                strokeWidth: 2,
                opacity: 1,
              },
              encoding: { x, y: axis, color: hue },
            },
          ]),
    ],
  });
}
