import { distinct } from "../../core/group.ts";
import { endsText, rangeDash } from "../../figures/ends.ts";
import { lengthAxis, shareAxis } from "../../figures/axes.ts";
import { legendColumns, panelFigure, seriesScales } from "../../figures/style.ts";
import type { CurvePlace, OwnValue, Trend, TrendAxis } from "./trend.ts";

/** A figure with our means and their intervals as filled marks and lines, and published numbers as open marks and dashes. */
export function trendFigure({ question, published, axes, note }: Trend, ours: readonly OwnValue[]): object {
  // two published numbers make no curve
  const isCurve = (value: CurvePlace): boolean =>
    published.filter(({ panel, series }) => panel === value.panel && series === value.series).length > 2;
  const points = [
    ...ours.map((value) => ({ ...value, from: "ours", joined: true })),
    ...published.map((value) => ({ ...value, from: "published", joined: isCurve(value) })),
  ];
  const series = distinct(points.map((point) => point.series));
  const { color, shape } = seriesScales(series);
  const shapes = Object.fromEntries(series.map((name, i) => [name, shape.range[i]!]));
  const names = distinct(points.map(({ x }) => x));
  const x = { field: "x", ...axisOf(axes.x, names) };
  const y = { field: "mean", ...axisOf(axes.y, []) };
  const hue = {
    field: "series",
    type: "nominal",
    scale: color,
    title: null,
    legend: {
      symbolType: { expr: `${JSON.stringify(shapes)}[datum.value]` },
      symbolSize: 80,
      symbolOpacity: 1,
      columns: legendColumns(series),
    },
  };
  const isDashed = published.some(isCurve);
  const kinds = isDashed ? ["ours", "published"] : ["ours"];
  const dash = {
    field: "from",
    type: "nominal",
    scale: { domain: kinds, range: [[], [4, 3]].slice(0, kinds.length) },
    title: null,
    legend: !isDashed ? null : { symbolType: "stroke", symbolSize: 400 },
  };
  const only = (from: string) => [{ filter: `datum.from === '${from}'` }];
  const stacked = axes.x.kind === "names" ? { xOffset: { field: "series", sort: series } } : {};
  const layer = [
    {
      transform: only("ours"),
      mark: { type: "rule", strokeWidth: 1.2, opacity: 0.6 },
      encoding: {
        x,
        ...stacked,
        y: { ...y, field: "low" },
        y2: { field: "high" },
        color: hue,
        strokeDash: rangeDash,
      },
    },
    ...(axes.x.kind === "names"
      ? []
      : [
          {
            transform: [{ filter: "datum.joined" }],
            mark: { type: "line", strokeWidth: 1.6 },
            encoding: { x, y, color: hue, strokeDash: dash },
          },
        ]),
    {
      transform: only("ours"),
      mark: { type: "point", filled: true, size: 46, opacity: 1, shape: { expr: "datum.mark" } },
      encoding: { x, ...stacked, y, color: hue },
    },
    {
      transform: only("published"),
      mark: {
        type: "point",
        filled: false,
        size: 80,
        strokeWidth: 1.6,
        opacity: 1,
        shape: { expr: "datum.mark" },
      },
      encoding: { x, ...stacked, y, color: hue },
    },
  ];
  const beside =
    published.length === 0
      ? `Mean and ${endsText(ours)}`
      : `Open marks${isDashed ? " and dashes" : ""}: published; filled: ours, mean and ${endsText(ours)}`;
  return panelFigure({
    title: question,
    subtitle: note === undefined ? beside : `${beside}. ${note[0]!.toUpperCase()}${note.slice(1)}`,
    points: points.map((point) => ({ ...point, mark: shapes[point.series] })),
    layer,
  });
}

function axisOf({ title, kind }: TrendAxis, values: readonly (number | string)[]): object {
  switch (kind) {
    case "tokens":
      return { ...lengthAxis(values.map(Number)), title };
    case "share":
      return shareAxis(title);
    case "names":
      return { type: "nominal", title, sort: values, axis: { labelAngle: -30 } };
    case "log":
      return {
        type: "quantitative",
        title,
        scale: { type: "log", nice: false, padding: 12 },
        axis: { values: [...values], format: "~g" },
      };
    case "linear":
      return {
        type: "quantitative",
        title,
        scale: { zero: false, nice: false, padding: 12 },
        axis: { values: [...values], format: "~g" },
      };
  }
}
