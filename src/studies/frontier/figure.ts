import type { FrontierPoint } from "./result.ts";
import { distinct } from "../../core/group.ts";
import { endsText, rangeDash } from "../../figures/ends.ts";
import { panelFigure, seriesScales, shareAxis } from "../../figures/style.ts";

/** Scores against three prices, side by side. Filled marks joined by a line show the front. */
export function frontierFigure(points: readonly FrontierPoint[]): object {
  const series = distinct(points.map(({ variant }) => variant));
  const { color, shape } = seriesScales(series);
  const panels = [
    ["TPOT, ms", (p: FrontierPoint) => (p.tpotSeconds === null ? null : 1000 * p.tpotSeconds), "bestTpot"],
    ["users per rack", (p: FrontierPoint) => p.usersPerRack || null, "bestUsers"],
    ["USD per million output tokens", (p: FrontierPoint) => p.dollarsPerMillionOutput, "bestPrice"],
  ] as const;
  const drawn = panels.flatMap(([panel, price, best]) =>
    points.flatMap((point) => {
      const x = price(point);
      const { variant, score, low, high, kind, trials } = point;
      return x === null ? [] : [{ panel, x, variant, score, low, high, kind, trials, best: point[best] }];
    }),
  );
  const x = {
    field: "x",
    type: "quantitative",
    scale: { type: "log", nice: false, padding: 20 },
    axis: { tickCount: 6, format: ",~r" },
    title: null,
  };
  const y = { field: "score", ...shareAxis("score") };
  const hue = {
    field: "variant",
    type: "nominal",
    scale: color,
    title: "variant",
    legend: { symbolOpacity: 1, symbolSize: 80 },
  };
  const mark = { field: "variant", type: "nominal", scale: shape, title: "variant" };
  const only = (best: boolean) => [{ filter: `datum.best === ${best}` }];
  const { system, model, tokens } = points[0]!;
  const figure = panelFigure({
    title: `Accuracy against cost: ${model} on ${system}, ${tokens.toLocaleString("en")} tokens`,
    subtitle: `mean score, ${endsText(points)}; filled and joined: no other variant is as accurate and as cheap (fast, roomy); open: another one is`,
    points: drawn,
    layer: [
      {
        mark: { type: "rule", opacity: 0.3 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: hue, strokeDash: rangeDash },
      },
      ...panels.map(([panel, , best]) => ({
        transform: [...only(true), { filter: `datum.panel === ${JSON.stringify(panel)}` }],
        // up to the next variant on the front, what is attained is the score of the one at the better end
        mark: {
          type: "line",
          color: "#999999",
          strokeWidth: 1.2,
          interpolate: best === "bestUsers" ? "step-before" : "step-after",
        },
        encoding: { x, y, order: { field: "x" } },
      })),
      {
        transform: only(false),
        mark: { type: "point", filled: false, size: 70, strokeWidth: 1.5 },
        encoding: { x, y, color: hue, shape: mark },
      },
      {
        transform: only(true),
        mark: { type: "point", filled: true, size: 90, opacity: 1 },
        encoding: { x, y, color: hue, shape: mark },
      },
    ],
  });
  // milliseconds, users and dollars have nothing in common
  return {
    ...figure,
    resolve: { axis: { x: "independent", y: "independent" }, scale: { x: "independent" } },
  };
}
