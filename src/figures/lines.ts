import { distinct } from "../core/group.ts";
import { legendColumns, lengthAxis, panelFigure, seriesScales } from "./style.ts";

/** Titles of a figure of lines over context length, and the columns that it shows. */
export interface LinesAsked<R> {
  readonly title: string;
  readonly subtitle: string;
  /** column that the log axis shows, and the axis' title */
  readonly y: { readonly field: keyof R; readonly title: string; readonly format?: string };
  /** names the line that a row belongs to */
  readonly series: (row: R) => string;
  /** names the panel that a row belongs to */
  readonly panel: (row: R) => string;
}

/** Lines over the column `tokens`, each in its colour. A row whose y is no number above 0 is left out. */
export function linesFigure<R extends { readonly tokens: number }>(
  rows: readonly R[],
  { title, subtitle, y, series, panel }: LinesAsked<R>,
): object {
  const points = rows.flatMap((row) => {
    const value = row[y.field];
    return typeof value === "number" && value > 0
      ? [{ panel: panel(row), series: series(row), tokens: row.tokens, y: value }]
      : [];
  });
  const names = distinct(points.map((point) => point.series));
  const { color, strokeDash, shape } = seriesScales(names);
  const legend = { symbolSize: 70, symbolOpacity: 1, columns: legendColumns(names) };
  const x = { field: "tokens", ...lengthAxis(points.map(({ tokens }) => tokens)) };
  const axis = {
    field: "y",
    type: "quantitative",
    title: y.title,
    scale: { type: "log", nice: false, padding: 8 },
    axis: { format: y.format ?? "~s", tickCount: 6 },
  };
  const hue = { field: "series", type: "nominal", scale: color, title: null, legend };
  const dash = { field: "series", type: "nominal", scale: strokeDash, title: null, legend };
  return panelFigure({
    title,
    subtitle,
    points,
    layer: [
      {
        mark: { type: "line", strokeWidth: 1.8 },
        encoding: { x, y: axis, color: hue, strokeDash: dash },
      },
      {
        mark: { type: "point", filled: true, size: 34, opacity: 1 },
        encoding: {
          x,
          y: axis,
          color: hue,
          shape: { field: "series", type: "nominal", scale: shape, title: null },
        },
      },
    ],
  });
}
