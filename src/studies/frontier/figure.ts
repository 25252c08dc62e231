import type { FrontierPoint } from "./result.ts";
import { distinct } from "../../core/group.ts";
import { endsText, rangeDash } from "../../figures/ends.ts";
import { labelLayers, placeLabels } from "../../figures/labels.ts";
import { logDomain, logPixel, logTicks, shareAxis, sharePixel } from "../../figures/axes.ts";
import { panelsApart, seriesScales } from "../../figures/style.ts";

/** A price that scores are set against. */
interface PricePanel {
  readonly name: string;
  readonly price: (point: FrontierPoint) => number | null;
  readonly best: "bestTpot" | "bestUsers" | "bestPrice";
}

const pricePanels: readonly PricePanel[] = [
  {
    name: "TPOT, ms",
    price: ({ tpotSeconds }) => (tpotSeconds === null ? null : 1000 * tpotSeconds),
    best: "bestTpot",
  },
  { name: "users per rack", price: ({ usersPerRack }) => usersPerRack || null, best: "bestUsers" },
  {
    name: "USD per million output tokens",
    price: ({ dollarsPerMillionOutput }) => dollarsPerMillionOutput,
    best: "bestPrice",
  },
];

const size = { width: 470, height: 320 } as const;

/** Points of a panel with the limits of its axis, and the places of names: of those on the front, and of others. */
function placed(points: readonly FrontierPoint[], { price, best }: PricePanel, others: readonly string[]) {
  const priced = points.flatMap((point) => {
    const x = price(point);
    const { variant, score, low, high, kind, trials } = point;
    return x === null ? [] : [{ x, variant, score, low, high, kind, trials, best: point[best] }];
  });
  const domain = logDomain(
    priced.map(({ x }) => x),
    1.15,
  );
  const labels = placeLabels({
    ...size,
    marks: priced.map(({ x, score, variant, best: isBest }) => ({
      x: logPixel(x, domain, size.width),
      y: sharePixel(score, size.height),
      text: isBest || others.includes(variant) ? variant : undefined,
    })),
  });
  return { domain, values: priced.map((point, i) => ({ ...point, ...labels[i] })) };
}

/**
 * Scores against those of three prices that are known, side by side. Filled marks joined by a line show the front.
 *
 * @param named variants that are named although they are not on it
 */
export function frontierFigure(points: readonly FrontierPoint[], named: readonly string[] = []): object {
  const series = distinct(points.map(({ variant }) => variant));
  const { color, shape } = seriesScales(series);
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
  const shown = pricePanels.filter(({ price }) => points.some((point) => price(point) !== null));
  const panels = shown.map((panel) => {
    const { domain, values } = placed(points, panel, named);
    const x = {
      field: "x",
      type: "quantitative",
      scale: { type: "log", nice: false, domain },
      axis: { values: logTicks(domain), format: ",~r" },
      title: null,
    };
    const ends = (best: boolean, opacity: number): object => ({
      transform: only(best),
      mark: { type: "rule", opacity },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: hue, strokeDash: rangeDash },
    });
    const layer = [
      ends(false, 0.12),
      ends(true, 0.45),
      {
        transform: only(true),
        // up to the next variant on the front, what is attained is the score of the one at the better end
        mark: {
          type: "line",
          color: "#999999",
          strokeWidth: 1.2,
          interpolate: panel.best === "bestUsers" ? "step-before" : "step-after",
        },
        encoding: { x, y, order: { field: "x" } },
      },
      {
        transform: only(false),
        mark: { type: "point", filled: false, size: 50, strokeWidth: 1.3 },
        encoding: { x, y, color: hue, shape: mark },
      },
      {
        transform: only(true),
        mark: { type: "point", filled: true, size: 90, opacity: 1 },
        encoding: { x, y, color: hue, shape: mark },
      },
      ...labelLayers(x, y),
    ];
    return { name: panel.name, points: values, layer };
  });
  return panelsApart({
    title: `Accuracy against cost: ${model} on ${system}, ${tokens.toLocaleString("en")} tokens`,
    subtitle: `mean score, ${endsText(points)}; filled, named and joined: no other variant is as accurate and as cheap (fast, roomy); open: another one is`,
    panels,
    ...size,
  });
}
