import { distinct } from "../core/group.ts";
import { kindOf } from "../core/stats.ts";
import { endsText, rangeDash } from "./ends.ts";
import { labelLayers, placeLabels } from "./labels.ts";
import { bytesAxis, logDomain, logPixel, shareAxis, sharePixel } from "./axes.ts";
import { panelsApart, seriesScales } from "./style.ts";

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

/** Bytes that scores are set against. */
interface BytesPanel {
  readonly name: string;
  readonly axis: string;
  readonly bytes: (row: PerByte) => number;
  /** bytes that a step sends whatever is read; undefined for none */
  readonly sent?: (row: PerByte) => number;
}

const bytesPanels: readonly BytesPanel[] = [
  {
    name: "HBM",
    axis: "bytes read from HBM by a step of one user",
    bytes: ({ hbmBytes }) => hbmBytes,
  },
  {
    name: "NVLink",
    axis: "bytes of rows gathered over NVLink by a step of one user",
    bytes: ({ gatheredBytes }) => gatheredBytes,
    sent: ({ exchangedBytes }) => exchangedBytes,
  },
];

const size = { width: 430, height: 300 } as const;

/** The first parameter that a spec names, which tells the specs of one variant apart: `k 512`, `block 64`. */
const settingOf = (variant: string): string | undefined =>
  /\((\w+)=([^,)]+)/.exec(variant)?.slice(1).join(" ");

/** Accuracy against what a step reads from HBM, and against what it sends over NVLink. */
export function perByteFigure(rows: readonly PerByte[]): object {
  const nameOf = ({ variant }: PerByte): string => variant.replace(/\(.*\)/, "");
  const series = distinct(rows.map(nameOf));
  const { color, shape } = seriesScales(series);
  const y = { field: "mean", ...shareAxis("score of a search at 1M tokens") };
  const hue = {
    field: "series",
    type: "nominal",
    scale: color,
    title: "attention",
    legend: { symbolOpacity: 1, symbolSize: 80 },
  };
  const ended = rows.map(({ trials }) => ({ trials, kind: kindOf(trials) }));
  const panels = bytesPanels.map(({ name, axis, bytes, sent }) => {
    const all = rows.map(bytes);
    const domain = logDomain(all);
    const exchanged = sent === undefined ? undefined : Math.max(...rows.map(sent));
    const pixel = (value: number): number => logPixel(value, domain, size.width);
    const labels = placeLabels({
      ...size,
      marks: rows.map((row) => ({
        x: pixel(bytes(row)),
        y: sharePixel(row.search, size.height),
        text: settingOf(row.variant),
      })),
      lines:
        exchanged === undefined ? [] : [{ from: [pixel(exchanged), 0], to: [pixel(exchanged), size.height] }],
    });
    const points = rows.map((row, i) => ({
      series: nameOf(row),
      mean: row.search,
      low: row.searchLow,
      high: row.searchHigh,
      bytes: bytes(row),
      ...ended[i],
      ...labels[i],
    }));
    const x = { field: "bytes", ...bytesAxis(all, axis) };
    const layer = [
      ...(exchanged === undefined
        ? []
        : [
            {
              mark: { type: "rule", strokeDash: [4, 3], color: "#555555" },
              encoding: { x: { ...x, field: undefined, datum: exchanged } },
            },
          ]),
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
      ...labelLayers(x, y),
    ];
    return { name, points, layer };
  });
  return panelsApart({
    title: "Accuracy for the bytes of a step at a million tokens",
    subtitle: `mean field, ${endsText(ended)}; DeepSeek-V3's dimensions in fp8, a cache over 72 GPUs; dashed line: what an exchange of the heads' outputs (Helix) sends, whatever is read`,
    panels,
    ...size,
  });
}
