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

/** Families of variants, in figures that tell no variants apart: after dense, each with a colour of its own. */
const families = ["static", "dynamic", "eviction", "hierarchical", "memory", "recurrent", "hybrid"];

/** A place of a series: its colour, and the mark and dash of a round of colours. */
const slots = palette.length * shapes.length;

/** The place of a series by its name alone, so that it is the same in every figure. */
function slotOf(name: string): number {
  const known = common.indexOf(name);
  if (known >= 0) return known;
  const family = families.indexOf(name);
  return family < 0 ? hash64(name)[0] % slots : family + 1;
}

const isKnown = (name: string): boolean => common.includes(name) || families.includes(name);

/** Places of series: each has its own, or where that is taken the next free one. Common names go first. */
function slotsOf(series: readonly string[]): number[] {
  const order = [...series].sort((a, b) => Number(isKnown(b)) - Number(isKnown(a)));
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

/** Widths in pixels of a character: of the bold title and of the subtitle. */
const [titleCharacter, subtitleCharacter] = [8.5, 6.1];

/** A title and a subtitle, broken into lines that fit above panels of a width in pixels. */
const titled = (title: string, subtitle: string, width: number): object => ({
  text: wrap(title, Math.floor(width / titleCharacter)),
  subtitle: wrap(subtitle, Math.floor(width / subtitleCharacter)),
});

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
  readonly width?: number;
  readonly height?: number | object;
  /** panels in a row; default: 2 */
  readonly columns?: number;
  /** pixels that titles may take beside the panels, such as those of long names at the y axis; default: 0 */
  readonly beside?: number;
  /** axes that are drawn in every panel; default: both */
  readonly ownAxes?: readonly ("x" | "y")[];
  /** axes whose scale each panel has for itself; default: none */
  readonly ownScales?: readonly ("x" | "y")[];
}

/** Width of a panel and height of a panel, in pixels, where a figure names none. */
export const panelSize = { width: 400, height: 260 } as const;

/** Width of a y axis with its title. */
const besidePanel = 60;

/** Everything of a figure but its panels. */
const headed = (title: string, subtitle: string, width: number): object => ({
  $schema: "https://vega.github.io/schema/vega-lite/v6.json",
  config,
  title: titled(title, subtitle, width),
});

const independent = (channels: readonly string[]): object =>
  Object.fromEntries(channels.map((channel) => [channel, "independent"]));

/** A heading in words: `mrcr, keys whole` of `mrcr(keys=whole)`. */
export const headingOf = (panel: string): string =>
  panel.replaceAll(
    /([\w-]+)\(([^()]*=[^()]*)\)/g,
    (_, name: string, params: string) => `${name}, ${params.replaceAll("=", " ").replaceAll(/, ?/g, ", ")}`,
  );

/** The Vega-Lite specification of panels, in the order of the points. A single panel without a name has no heading. */
export function panelFigure({ title, subtitle, points: named, layer, ...rest }: Panels): object {
  const points = named.map((point) => ({ ...point, panel: headingOf(point.panel) }));
  const { width = panelSize.width, height = panelSize.height, columns = 2, beside = 0 } = rest;
  const { ownAxes = ["x", "y"], ownScales = [] } = rest;
  const names = distinct(points.map(({ panel }) => panel));
  const across = Math.min(columns, names.length);
  const figure = {
    ...headed(title, subtitle, across * (width + besidePanel) + beside),
    data: { values: points },
  };
  if (names.length === 1 && names[0] === "") return { ...figure, width, height, layer };
  return {
    ...figure,
    facet: { field: "panel", type: "nominal", sort: names, title: null },
    columns,
    spec: { width, height, layer },
    resolve: { axis: independent(ownAxes), scale: independent(ownScales) },
  };
}

interface PanelApart {
  readonly name: string;
  readonly points: readonly object[];
  readonly layer: readonly object[];
}

interface PanelsApart {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly PanelApart[];
  readonly width: number;
  readonly height: number;
}

/** The Vega-Lite specification of panels with axes of their own, two in a row, and common colours and marks. */
export function panelsApart({ title, subtitle, panels, width, height }: PanelsApart): object {
  const { labelFontSize: fontSize, labelFontWeight: fontWeight } = config.header;
  return {
    ...headed(title, subtitle, Math.min(2, panels.length) * (width + besidePanel)),
    columns: 2,
    concat: panels.map(({ name, points, layer }) => ({
      title: { text: headingOf(name), anchor: "middle", fontSize, fontWeight, offset: 6 },
      data: { values: points },
      width,
      height,
      layer,
    })),
    resolve: { scale: { color: "shared", shape: "shared" } },
  };
}

/** A log2 axis of context lengths: 4K, 8K ... 1M. It ends a little beyond the lengths of a panel. */
export function lengthAxis(lengths: readonly number[]): object {
  const exponents = lengths.map((tokens) => Math.round(Math.log2(tokens)));
  const low = Math.min(...exponents);
  const high = Math.max(...exponents);
  return {
    type: "quantitative",
    title: "context, tokens",
    scale: { type: "log", base: 2, padding: 12, nice: false },
    axis: {
      values: Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i)),
      labelExpr: "datum.value >= 1048576 ? datum.value / 1048576 + 'M' : datum.value / 1024 + 'K'",
      grid: true,
    },
  };
}

const highestShare = 1.02;

/** Place of a share on an axis from 0 to 1, in pixels from its upper end. */
export const sharePixel = (value: number, height: number): number => height * (1 - value / highestShare);

/** A linear axis from 0 to 1. */
export const shareAxis = (title: string): object => ({
  type: "quantitative",
  title,
  scale: { domain: [0, highestShare], nice: false },
  axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1], format: ".1f", labelFlush: false },
});

/** Limits of a log axis, with a margin on both sides. */
export const logDomain = (values: readonly number[], margin = 1.6): readonly [number, number] => [
  Math.min(...values) / margin,
  Math.max(...values) * margin,
];

/** Leading digits of the labels of a log axis. A shorter axis has more of them. */
function leadingDigits(ratio: number): readonly number[] {
  if (ratio > 20_000) return [1];
  if (ratio > 100) return [1, 3];
  return ratio > 5 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
}

/** Round values of a log axis in ascending order; the first and the last may lie beyond its limits. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const first = Math.floor(Math.log10(low));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, i) => 10 ** (first + i),
  );
  return decades.flatMap((decade) =>
    leadingDigits(high / low).map((digit) => Number((digit * decade).toPrecision(2))),
  );
}

/** Place of a value on a log axis, in pixels from its left end. */
export const logPixel = (value: number, [low, high]: readonly [number, number], width: number): number =>
  (width * Math.log(value / low)) / Math.log(high / low);

/** A log10 axis of bytes: 10 MB, 100 MB, 1 GB. A short axis also has labels between them, such as 20 MB. */
export function bytesAxis(bytes: readonly number[], title: string): object {
  const domain = logDomain(bytes);
  return {
    type: "quantitative",
    title,
    scale: { type: "log", domain, nice: false },
    axis: {
      values: logTicks(domain),
      labelExpr: "replace(format(datum.value, '~s'), /([a-zA-Z]?)$/, ' $1B')",
    },
  };
}
