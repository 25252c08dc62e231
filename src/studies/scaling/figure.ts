import { distinct } from "../../core/group.ts";
import { lengthAxis } from "../../figures/axes.ts";
import { panelFigure, seriesScales } from "../../figures/style.ts";
import type { ScalingRow } from "./tables.ts";

/** Measured and predicted times over context length, on logarithmic axes. */
export function scalingFigure(rows: readonly ScalingRow[], engine: string, threads: number): object {
  const series = distinct(rows.map(({ variant }) => variant));
  const points = rows.map(({ variant, tokens, attendMs, attendMsMin, attendMsMax, predictedMs }) => ({
    panel: "one query of the last position, all heads",
    series: variant,
    tokens,
    ms: attendMs,
    low: attendMsMin,
    high: attendMsMax,
    predicted: predictedMs,
  }));
  const scales = seriesScales(series);
  const shape = { field: "series", type: "nominal", scale: scales.shape, title: "variant" };
  const times = points.flatMap(({ ms, predicted }) => [ms, predicted]);
  const [low, high] = [Math.min(...times) / 1.6, Math.max(...times) * 1.6];
  const y = {
    type: "quantitative",
    title: "ms",
    scale: { type: "log", domain: [low, high], nice: false, clamp: true },
    axis: {
      values: Array.from({ length: 10 }, (_, i) => 10 ** (i - 5)).filter((ms) => ms >= low && ms <= high),
      format: "~g",
    },
  };
  const x = { field: "tokens", ...lengthAxis(points.map(({ tokens }) => tokens)) };
  const color = {
    field: "series",
    type: "nominal",
    scale: scales.color,
    title: "variant",
    legend: { symbolSize: 70, symbolOpacity: 1 },
  };
  const layer = [
    {
      mark: { type: "line", strokeWidth: 1, strokeDash: [2, 3], opacity: 0.8 },
      encoding: { x, y: { field: "predicted", ...y }, color },
    },
    { mark: { type: "line", strokeWidth: 1.8 }, encoding: { x, y: { field: "ms", ...y }, color } },
    {
      mark: { type: "point", filled: true, size: 40, opacity: 1 },
      encoding: { x, y: { field: "ms", ...y }, color, shape },
    },
  ];
  return panelFigure({
    title: "Time of a query over context length",
    subtitle:
      `medians, engine ${engine}, ${threads} threads; dotted: bytes read by the cost formula, ` +
      `at the rate at which dense attention reads the longest cache`,
    points,
    layer,
    width: 560,
    height: 380,
  });
}
