import { distinct } from "../../core/group.ts";
import { formatPercent } from "../../core/units.ts";
import { panelFigure, seriesScales } from "../../figures/style.ts";
import type { SurfacePoint } from "./surface.ts";

/**
 * The share of output tokens that a dearer model must save to cost the same, over the length of the prompt.
 *
 * @param reduction share that a dashed line marks
 */
export function breakEvenFigure(surface: readonly SurfacePoint[], reduction: number): object {
  const first = surface[0]!.reduction;
  const points = surface
    .filter((point) => point.reduction === first && point.breakEven < 2)
    .map(({ cachedShare, priceRatio, promptPerOutput, breakEven }) => ({
      panel: cachedShare === 0 ? "no cached input" : `${formatPercent(cachedShare)} of the prompt cached`,
      series: `x${priceRatio}`,
      promptPerOutput,
      breakEven,
    }));
  const series = distinct(points.map((point) => point.series));
  const prompts = surface.map((point) => point.promptPerOutput);
  const [low, high] = [Math.min(...prompts), Math.max(...prompts)];
  const x = {
    field: "promptPerOutput",
    type: "quantitative",
    title: "prompt tokens for each output token of the cheaper model",
    scale: { type: "log", domain: [low, high], nice: false },
    axis: { values: [0.1, 1, 10, 100].filter((value) => value >= low && value <= high), format: "~g" },
  };
  const y = {
    type: "quantitative",
    title: "output tokens that must be saved",
    scale: { domain: [0, 1], nice: false },
    axis: { format: ".0%", values: [0, 0.2, 0.4, 0.6, 0.8, 1], labelFlush: false },
  };
  const color = {
    field: "series",
    type: "nominal",
    scale: seriesScales(series).color,
    title: "price",
    legend: { symbolType: "stroke", symbolSize: 400, symbolOpacity: 1 },
  };
  return panelFigure({
    title: "How many output tokens must a dearer model save to cost the same?",
    subtitle: `on a line both cost the same, below it the dearer one costs more; where a line ends, no answer is short enough; dashed: a reduction of ${formatPercent(reduction)}`,
    points,
    layer: [
      {
        mark: { type: "rule", strokeDash: [4, 3], color: "#555555" },
        encoding: { y: { ...y, datum: reduction } },
      },
      {
        mark: { type: "line", strokeWidth: 2, clip: true },
        encoding: { x, y: { field: "breakEven", ...y }, color },
      },
    ],
  });
}
