import { distinct } from "../core/group.ts";
import { kindOf } from "../core/stats.ts";
import { endsText, rangeDash } from "./ends.ts";
import { bytesAxis, panelFigure, seriesScales, shareAxis } from "./style.ts";

interface PerByte {
  readonly variant: string;
  readonly search: number;
  readonly searchLow: number;
  readonly searchHigh: number;
  readonly trials: number;
  readonly hbmBytes: number;
  readonly gatheredBytes: number;
  readonly exchangedBytes: number;
}

/** Accuracy against what a step reads from HBM, and against what it sends over NVLink. */
export function perByteFigure(rows: readonly PerByte[]): object {
  const panels = ["HBM, read for a user and step", "NVLink, rows gathered for a user and step"] as const;
  const points = rows.flatMap(({ variant, search, searchLow, searchHigh, trials, ...bytes }) => {
    const series = variant.replace(/\(.*\)/, "");
    // variants that choose single tokens lie at one place for every k, so that only sizes of blocks are named
    const label = /block=\d+/.exec(variant)?.[0].replace("=", " ") ?? "";
    const ends = { mean: search, low: searchLow, high: searchHigh, trials, kind: kindOf(trials) };
    const own = { series, label, ...ends };
    return [
      { panel: panels[0], ...own, bytes: bytes.hbmBytes },
      { panel: panels[1], ...own, bytes: bytes.gatheredBytes, exchanged: bytes.exchangedBytes },
    ];
  });
  const series = distinct(points.map((point) => point.series));
  const { color, shape } = seriesScales(series);
  const x = {
    field: "bytes",
    ...bytesAxis(
      points.map(({ bytes }) => bytes),
      "bytes",
    ),
  };
  const y = { field: "mean", ...shareAxis("score of a search at 1M tokens") };
  const hue = {
    field: "series",
    type: "nominal",
    scale: color,
    title: "attention",
    legend: { symbolOpacity: 1, symbolSize: 80 },
  };
  return panelFigure({
    title: "Accuracy for the bytes of a step at a million tokens",
    subtitle: `mean field, ${endsText(points)}; DeepSeek-V3's dimensions in fp8, a cache over 72 GPUs; dashed: what an exchange of the heads' outputs (Helix) sends, whatever is read`,
    points,
    layer: [
      {
        transform: [{ filter: "isValid(datum.exchanged)" }],
        mark: { type: "rule", strokeDash: [4, 3], color: "#555555" },
        encoding: { x: { ...x, field: "exchanged", aggregate: "max" } },
      },
      {
        mark: { type: "rule", opacity: 0.35 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: hue, strokeDash: rangeDash },
      },
      {
        mark: { type: "point", filled: true, size: 80, opacity: 1 },
        encoding: {
          x,
          y,
          color: hue,
          shape: { field: "series", type: "nominal", scale: shape, title: "attention" },
        },
      },
      {
        mark: { type: "text", fontSize: 9, dy: -11, color: "#444444" },
        encoding: { x, y, text: { field: "label" } },
      },
    ],
    width: 430,
    height: 300,
  });
}
