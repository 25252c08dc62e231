import type { TriedPlan } from "./result.ts";
import { distinct } from "../../core/group.ts";
import { panelFigure, seriesScales } from "../../figures/style.ts";

/** Output tokens of a GPU against those of a user: a dot for every plan, a line for the front. */
export function paretoFigure(plans: readonly TriedPlan[]): object {
  const points = plans.map(({ system, model, variant, onFront, served }) => ({
    panel: model,
    series: `${system}, ${variant}`,
    user: served.tokensPerSecondPerUser,
    gpu: served.outputPerGpu,
    onFront,
  }));
  const { color } = seriesScales(distinct(points.map(({ series }) => series)));
  const axis = {
    type: "quantitative",
    scale: { type: "log", nice: false, padding: 12 },
    axis: { format: ",~r" },
  } as const;
  const x = { field: "user", ...axis, title: "output tokens/s of a user" };
  const y = { field: "gpu", ...axis, title: "output tokens/s of a GPU" };
  const hue = {
    field: "series",
    type: "nominal",
    scale: color,
    title: null,
    legend: { symbolOpacity: 1, symbolSize: 80 },
  };
  return panelFigure({
    title: "Output tokens of a GPU against the speed of a user",
    subtitle: "dots: every plan and batch that fits; lines: plans that no other beats",
    points,
    layer: [
      { mark: { type: "point", filled: true, size: 10, opacity: 0.25 }, encoding: { x, y, color: hue } },
      {
        transform: [{ filter: "datum.onFront" }],
        mark: {
          type: "line",
          point: { filled: true, size: 30, opacity: 1 },
          strokeWidth: 1.8,
          interpolate: "step-before",
        },
        encoding: { x, y, color: hue, order: { field: "user" } },
      },
    ],
  });
}
