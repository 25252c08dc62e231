import { distinct } from "../core/group.ts";
import type { CurvePoint } from "./aggregate.ts";
import { endsText, rangeDash } from "./ends.ts";
import { panelFigure, seriesScales } from "./style.ts";

interface RankedPoints {
  readonly title: string;
  /** quantity and lengths; the meaning of the ends is said after it */
  readonly subtitle: string;
  readonly points: readonly CurvePoint[];
  /** the x axis, as a Vega-Lite channel without its field */
  readonly x: object;
}

/** One panel for each benchmark: a line for each variant with its mean and the ends of its interval or range. */
export function rankedPoints({ title, subtitle, points, x }: RankedPoints): object {
  const names = distinct(points.map(({ series }) => series));
  const y = {
    field: "series",
    type: "nominal",
    sort: names,
    title: null,
    axis: { labelLimit: 0, grid: true },
  };
  const color = { field: "series", type: "nominal", scale: seriesScales(names).color, legend: null };
  const layer = [
    {
      mark: { type: "rule", strokeWidth: 2, opacity: 0.5 },
      encoding: { y, x: { field: "low", ...x }, x2: { field: "high" }, color, strokeDash: rangeDash },
    },
    {
      mark: { type: "point", filled: true, size: 90, opacity: 1 },
      encoding: { y, x: { field: "mean", ...x }, color },
    },
  ];
  return panelFigure({
    title,
    subtitle: `${subtitle}; ${endsText(points)}`,
    points,
    layer,
    height: { step: 26 },
    ownAxes: ["x"],
  });
}
