import { distinct } from "../../core/group.ts";
import { curves, scoreMeasure } from "../../figures/aggregate.ts";
import { headingOf } from "../../figures/style.ts";
import type { TrialRow } from "../../trial/columns.ts";

interface FigureLayer {
  readonly encoding: { readonly x: object; readonly y: object; readonly color: object };
}

interface CurvesFigure {
  readonly data: { readonly values: readonly { readonly series?: string }[] };
  readonly spec: { readonly layer: readonly [FigureLayer, ...object[]] };
}

/** Adds means of full numerics to a figure of curves: squares with their intervals, in the colours of the curves. */
export function withMeasured(figure: object, rows: readonly TrialRow[]): object {
  const { data, spec, ...rest } = figure as CurvesFigure;
  const series = distinct(data.values.flatMap((point) => point.series ?? []));
  const points = curves(rows, scoreMeasure)
    .filter((point) => series.includes(point.series))
    .map(({ series: measured, panel, ...point }) => ({ ...point, panel: headingOf(panel), measured }));
  if (points.length === 0) return figure;
  const { x, y, color: hue } = spec.layer[0].encoding;
  const color = { ...hue, field: "measured" };
  const transform = [{ filter: "datum.measured" }];
  const added = [
    {
      transform,
      mark: { type: "rule", strokeWidth: 2 },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
    },
    {
      transform,
      mark: { type: "point", shape: "square", size: 120, filled: false, strokeWidth: 2.5, opacity: 1 },
      encoding: { x, y: { ...y, field: "mean" }, color },
    },
  ];
  return {
    ...rest,
    data: { values: [...data.values, ...points] },
    spec: { ...spec, layer: [...spec.layer, ...added] },
  };
}
