import type { CurvePoint } from "./aggregate.ts";
import { distinct } from "../core/group.ts";
import { endsText, trialsText } from "./ends.ts";
import { legendColumns, lengthAxis, panelFigure, seriesScales } from "./style.ts";

/** A published score, as a point of a panel. */
export interface PublishedPoint {
  readonly panel: string;
  readonly model: string;
  readonly tokens: number;
  readonly mean: number;
}

interface LengthCurves {
  readonly title: string;
  /** what is drawn; the meaning of its ends and its trials are said after it */
  readonly subtitle: string;
  readonly points: readonly CurvePoint[];
  /** the y axis, as a Vega-Lite channel without its field */
  readonly y: object;
  readonly published?: readonly PublishedPoint[];
  /** height of a panel in pixels */
  readonly height?: number;
}

/** Marks of published models, drawn open to differ from those of simulated curves. A model keeps its own across figures. */
const publishedShapes: Readonly<Record<string, string>> = {
  "GPT-5.5": "diamond",
  "GPT-5.4": "triangle-up",
  "GPT-5.2": "square",
  "Claude Opus 4.7": "cross",
};

/**
 * One panel for each benchmark: a curve for each variant with bands of 95% intervals or dashed ranges, and published scores
 * as points.
 */
export function lengthCurves({ title, subtitle, points, y, published = [], height }: LengthCurves): object {
  const series = distinct(points.map((point) => point.series));
  const models = distinct(published.map(({ model }) => model));
  const { color, strokeDash } = seriesScales(series);
  const legendTitle = `variant, ${trialsText(points)}`;
  const x = { field: "tokens", ...lengthAxis([...points, ...published].map(({ tokens }) => tokens)) };
  const hue = {
    field: "series",
    type: "nominal",
    scale: color,
    title: legendTitle,
    legend: { symbolType: "stroke", symbolSize: 400, symbolOpacity: 1, columns: legendColumns(series) },
  };
  const dash = { field: "series", type: "nominal", scale: strokeDash, title: legendTitle };
  const simulated = [{ filter: "datum.series" }];
  const layer = [
    {
      transform: [...simulated, { filter: "datum.kind !== 'range'" }],
      mark: { type: "area", opacity: 0.07 },
      encoding: { x, y: { field: "low", ...y }, y2: { field: "high" }, color: hue },
    },
    {
      transform: [...simulated, { filter: "datum.kind === 'range'" }],
      mark: { type: "rule", opacity: 0.5, strokeDash: [3, 3] },
      encoding: { x, y: { field: "low", ...y }, y2: { field: "high" }, color: hue },
    },
    {
      transform: simulated,
      mark: { type: "line", strokeWidth: 1.8 },
      encoding: { x, y: { field: "mean", ...y }, color: hue, strokeDash: dash },
    },
    {
      transform: simulated,
      mark: { type: "point", filled: true, size: 26, opacity: 1 },
      encoding: { x, y: { field: "mean", ...y }, color: hue },
    },
    ...(published.length === 0
      ? []
      : [
          {
            transform: [{ filter: "datum.model" }],
            mark: { type: "point", filled: false, size: 70, stroke: "#333333", strokeWidth: 1.5, opacity: 1 },
            encoding: {
              x,
              y: { field: "mean", ...y },
              shape: {
                field: "model",
                type: "nominal",
                scale: {
                  domain: models,
                  range: models.map((model) => publishedShapes[model] ?? "triangle-down"),
                },
                title: "published",
              },
            },
          },
        ]),
  ];
  return panelFigure({
    title,
    subtitle: `${subtitle}; ${endsText(points)}`,
    points: [...points, ...published],
    layer,
    ...(height !== undefined && { height }),
  });
}
