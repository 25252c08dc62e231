import type { CurvePoint } from "./aggregate.ts";
import { distinct, groupBy } from "../core/group.ts";
import { lookup } from "../core/lookup.ts";
import { lineWidth, logPlace, markSize, withCovers } from "./covered.ts";
import { endLabelLayers, endLabelRoom, namedAtEnds } from "./end-labels.ts";
import { endsText, trialsText } from "./ends.ts";
import { lengthAxis } from "./axes.ts";
import { legendColumns, panelFigure, panelSize, panelsOfSeries, seriesScales } from "./style.ts";

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
  /** whether the y axis is logarithmic; default: it goes from 0 to 1 */
  readonly isLog?: boolean;
  readonly published?: readonly PublishedPoint[];
  /** height of a panel in pixels */
  readonly height?: number;
}

/** Marks of published models, drawn open to differ from those of simulated curves. A model keeps its own across figures. */
const publishedShapes = lookup({
  "GPT-5.5": "diamond",
  "GPT-5.4": "triangle-up",
  "GPT-5.2": "square",
  "Claude Opus 4.7": "cross",
});

/** Marks of names without one of their own, in the order that they are given out. */
const spareShapes = ["triangle-down", "triangle-right", "triangle-left", "circle"];

/** A mark for each name of published scores. */
function publishedMarks(models: readonly string[]): string[] {
  const others = models.filter((model) => publishedShapes[model] === undefined);
  return models.map(
    (model) => publishedShapes[model] ?? spareShapes[others.indexOf(model) % spareShapes.length]!,
  );
}

/**
 * One panel for each benchmark: a curve for each variant with bands of 95% intervals or dashed ranges, and published scores
 * as points. Names stand at the ends of curves if each panel has room for them, and in a legend otherwise.
 */
export function lengthCurves({ title, subtitle, points, y, published = [], ...rest }: LengthCurves): object {
  const { height = panelSize.height, isLog = false } = rest;
  const place = isLog ? logPlace(points.map(({ mean }) => mean)) : (mean: number): number => mean;
  const covered = withCovers(points, ({ mean }) => place(mean));
  const labelled = namedAtEnds(covered, { channel: y, value: ({ mean }) => mean, height });
  const curves = labelled ?? covered;
  const series = distinct(points.map((point) => point.series));
  const panels = [...groupBy([...points, ...published], ({ panel }) => panel).values()];
  const models = distinct(published.map(({ model }) => model));
  const { color, strokeDash, shape } = seriesScales(series, panelsOfSeries(points));
  const shapes = new Map(series.map((name, i) => [name, shape.range[i]!]));
  const dashes = new Map(series.map((name, i) => [name, strokeDash.range[i]!]));
  const x = { field: "tokens", ...lengthAxis([...points, ...published].map(({ tokens }) => tokens)) };
  const hue = {
    field: "series",
    type: "nominal",
    scale: color,
    title: `variant, ${trialsText(points)}`,
    legend:
      labelled !== undefined
        ? null
        : {
            // published models have the scale of shapes; a variant's mark is looked up by its name
            symbolType: { expr: `${JSON.stringify(Object.fromEntries(shapes))}[datum.value]` },
            symbolSize: 70,
            symbolStrokeWidth: 0,
            symbolOpacity: 1,
            columns: legendColumns(series),
          },
  };
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
      mark: { type: "line", ...lineWidth, strokeDash: { expr: "datum.dash" } },
      encoding: { x, y: { field: "mean", ...y }, color: hue },
    },
    {
      transform: simulated,
      mark: { type: "point", filled: true, opacity: 1, ...markSize, shape: { expr: "datum.mark" } },
      encoding: {
        x,
        y: { field: "mean", ...y },
        color: hue,
      },
    },
    ...(labelled === undefined ? [] : endLabelLayers(x, { field: "mean", ...y }, hue)),
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
                  range: publishedMarks(models),
                },
                title: "published",
                legend: { symbolFillColor: "transparent", symbolStrokeColor: "#333333" },
              },
            },
          },
        ]),
  ];
  return panelFigure({
    title,
    subtitle: `${subtitle}; ${endsText(points)}`,
    points: [
      ...curves.map((point) => ({
        ...point,
        mark: shapes.get(point.series),
        dash: dashes.get(point.series),
      })),
      ...published,
    ],
    layer,
    height,
    ...(labelled !== undefined && { besideEach: endLabelRoom(points) }),
    // an axis of one length has no extent
    ownScales: panels.every((own) => distinct(own.map(({ tokens }) => tokens)).length > 1) ? ["x"] : [],
  });
}
