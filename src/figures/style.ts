import { distinct } from "../core/group.ts";
import { hash64 } from "../core/random.ts";

/**
 * Colours that people with any colour vision can tell apart. The source's yellow is left out: it is faint on white.
 *
 * Okabe and Ito 2008, "Color Universal Design", https://jfly.uni-koeln.de/color/
 */
const palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00"];
const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3], [12, 2], [6, 2, 1, 2, 1, 2]];
const shapes = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right"];

/** Variants that most figures show: the first seven have the seven colours. */
// prettier-ignore
const common = [
  "dense", "dsa", "quest", "moba", "nsa", "sink-window", "csa",
  "oracle", "hca", "snapkv", "infllm-v2", "kivi", "flexprefill", "gated-deltanet",
];

/** A place of a series: its colour, and the mark and dash of a round of colours. */
const slots = palette.length * shapes.length;

/** The place of a series by its name alone, so that it is the same in every figure. */
function slotOf(name: string): number {
  const known = common.indexOf(name);
  return known < 0 ? hash64(name)[0] % slots : known;
}

/** Places of series: each has its own, or where that is taken the next free one. Common names go first. */
function slotsOf(series: readonly string[]): number[] {
  const order = [...series].sort((a, b) => Number(common.includes(b)) - Number(common.includes(a)));
  const taken = new Map<string, number>();
  const used = new Set<number>();
  for (const name of order) {
    let slot = slotOf(name);
    while (used.has(slot % slots) && used.size < slots) slot++;
    used.add(slot % slots);
    taken.set(name, slot % slots);
  }
  return series.map((name) => taken.get(name)!);
}

/** A colour for each series, and a dash and a shape for each round of colours. A name keeps its own across figures. */
export function seriesScales(series: readonly string[]) {
  const own = slotsOf(series);
  const round = <T>(values: readonly T[], slot: number): T =>
    values[Math.floor(slot / palette.length) % values.length]!;
  return {
    color: { domain: series, range: own.map((slot) => palette[slot % palette.length]) },
    strokeDash: { domain: series, range: own.map((slot) => round(dashes, slot)) },
    shape: { domain: series, range: own.map((slot) => round(shapes, slot)) },
  };
}

/** Entries in a column of a legend. A full column is about as high as a row of panels. */
const legendRows = 24;

/** Number of columns that a legend needs to show every series. */
export const legendColumns = (series: readonly string[]): number =>
  Math.max(1, Math.ceil(series.length / legendRows));

const font = "DejaVu Sans";

/** Vega-Lite configuration that all figures share. */
const config = {
  background: "#ffffff",
  font,
  padding: 12,
  view: { stroke: "#cccccc" },
  title: {
    anchor: "start",
    fontSize: 14,
    fontWeight: 600,
    offset: 14,
    subtitleFontSize: 11,
    subtitlePadding: 6,
  },
  header: { labelFontSize: 13, labelFontWeight: 600, titleFontSize: 0, labelPadding: 6, labelOrient: "top" },
  axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 400, gridColor: "#e8e8e8", titlePadding: 8 },
  legend: {
    labelFontSize: 11,
    titleFontSize: 12,
    labelLimit: 0,
    // by default Vega-Lite shows only 30 entries
    symbolLimit: 0,
    symbolStrokeWidth: 2,
    rowPadding: 4,
    layout: { margin: 18 },
  },
} as const;

/** A title and a subtitle, broken into lines that fit above the panels. @param count number of panels */
function titled(title: string, subtitle: string, count: number): object {
  const width = count > 1 ? 95 : 60;
  return { text: wrap(title, width), subtitle: wrap(subtitle, Math.round(width * 1.5)) };
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

interface Panels {
  readonly title: string;
  readonly subtitle: string;
  /** data points; each names its panel */
  readonly points: readonly { readonly panel: string }[];
  readonly layer: readonly object[];
  readonly width?: number | object;
  readonly height?: number | object;
  /** axes that are drawn in every panel; default: both */
  readonly ownAxes?: readonly ("x" | "y")[];
}

/** The Vega-Lite specification of panels, two in a row, in the order of the points. */
export function panelFigure({ title, subtitle, points, layer, ...rest }: Panels): object {
  const { width = 400, height = 260, ownAxes = ["x", "y"] } = rest;
  const names = distinct(points.map(({ panel }) => panel));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config,
    title: titled(title, subtitle, names.length),
    data: { values: points },
    facet: { field: "panel", type: "nominal", sort: names, title: null },
    columns: 2,
    spec: { width, height, layer },
    resolve: { axis: Object.fromEntries(ownAxes.map((axis) => [axis, "independent"])) },
  };
}

/** A log2 axis of context lengths: 4K, 8K ... 1M. */
export function lengthAxis(lengths: readonly number[]): object {
  const exponents = lengths.map((tokens) => Math.round(Math.log2(tokens)));
  const low = Math.min(...exponents);
  const high = Math.max(...exponents);
  const values = Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i));
  return {
    type: "quantitative",
    title: "context, tokens",
    scale: {
      type: "log",
      base: 2,
      domain: [2 ** (low - 0.25), Math.max(2 ** (high + 0.25), 1.1 * Math.max(...lengths))],
      nice: false,
    },
    axis: {
      values,
      labelExpr: "datum.value >= 1048576 ? datum.value / 1048576 + 'M' : datum.value / 1024 + 'K'",
      grid: true,
    },
  };
}

/** A linear axis from 0 to 1. */
export const shareAxis = (title: string): object => ({
  type: "quantitative",
  title,
  scale: { domain: [0, 1.02], nice: false },
  axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1], format: ".1f", labelFlush: false },
});

/** A log10 axis of bytes: 10 MB, 100 MB, 1 GB. A short axis also has labels between them, such as 20 MB. */
export function bytesAxis(bytes: readonly number[], title: string): object {
  const low = Math.min(...bytes) / 1.6;
  const high = Math.max(...bytes) * 1.6;
  const steps = high / low > 2000 ? [1] : high / low > 100 ? [1, 3] : [1, 2, 5];
  const first = Math.floor(Math.log10(low));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, i) => 10 ** (first + i),
  );
  return {
    type: "quantitative",
    title,
    scale: { type: "log", domain: [low, high], nice: false },
    axis: {
      values: decades.flatMap((decade) => steps.map((step) => step * decade)),
      labelExpr: "replace(format(datum.value, '~s'), /([a-zA-Z]?)$/, ' $1B')",
    },
  };
}
