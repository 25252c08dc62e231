import { distinct, groupBy } from "../core/group.ts";
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

/**
 * Places of series: each has its own; if that is taken, or if its panel has the colour already, the next free one with
 * the colour that its panels have least. Common names go first.
 */
function slotsOf(series: readonly string[], panels: readonly (readonly string[])[]): number[] {
  const rank = (name: string): number => (isKnown(name) ? slotOf(name) : slots);
  const order = [...series].sort((a, b) => rank(a) - rank(b));
  const taken = new Map<string, number>();
  for (const name of order) {
    const used = new Set(taken.values());
    const mates = panels.filter((panel) => panel.includes(name)).flat();
    const colours = mates.flatMap((mate) => (taken.has(mate) ? [taken.get(mate)! % palette.length] : []));
    const clashes = (slot: number): number =>
      colours.filter((colour) => colour === slot % palette.length).length;
    const from = Array.from({ length: slots }, (_, i) => (slotOf(name) + i) % slots);
    const free = from.filter((slot) => !used.has(slot));
    const fewest = Math.min(...free.map(clashes));
    taken.set(name, free.find((slot) => clashes(slot) === fewest) ?? from[0]!);
  }
  return series.map((name) => taken.get(name)!);
}

/** The series that share a panel, for each panel. */
export const panelsOfSeries = (
  points: readonly { readonly panel: string; readonly series: string }[],
): readonly (readonly string[])[] =>
  [...groupBy(points, ({ panel }) => panel).values()].map((own) => distinct(own.map(({ series }) => series)));

/**
 * A colour for each series, and a dash and a shape for each round of colours. A name keeps its own across figures, unless
 * another one of its panel has it.
 *
 * @param panels series that are seen together; default: all
 */
export function seriesScales(series: readonly string[], panels: readonly (readonly string[])[] = [series]) {
  const own = slotsOf(series, panels);
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
  /** pixels that each panel's names at the ends of lines take on its right; default: 0 */
  readonly besideEach?: number;
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
  const { ownAxes = ["x", "y"], ownScales = [], besideEach = 0 } = rest;
  const names = distinct(points.map(({ panel }) => panel));
  const across = Math.min(columns, names.length);
  const figure = {
    ...headed(title, subtitle, across * (width + besidePanel + besideEach) + beside),
    data: { values: points },
    ...(besideEach > 0 && { usermeta: { besideEach } }),
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
