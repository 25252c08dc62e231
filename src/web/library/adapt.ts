import { panelSize } from "../../figures/style.ts";
import type { Look } from "../questions.ts";

type Json = string | number | boolean | null | readonly Json[] | FigureSpec;

interface FigureSpec {
  readonly [name: string]: Json;
}

/** Colours of figures on white paper, and those that take their place on the dark page. */
const darkColours: Readonly<Record<string, string>> = {
  "#ffffff": "#161b22",
  "#000000": "#f0f3f6",
  "#333333": "#d0d7de",
  "#999999": "#8b949e",
  "#cccccc": "#444c56",
  "#e8e8e8": "#2b323b",
  "#0072B2": "#3d7fe8",
  "#D55E00": "#ee6a33",
  "#009E73": "#22b485",
  "#CC79A7": "#d688b5",
  "#56B4E9": "#85d0f5",
  "#E69F00": "#f0c04a",
  "#1b4965": "#8fa8c0",
};

const darkText = "#d0d7de";
const darkConfig = {
  axis: { labelColor: darkText, titleColor: darkText, domainColor: "#8b949e", tickColor: "#8b949e" },
  legend: { labelColor: darkText, titleColor: darkText },
  header: { labelColor: darkText },
  title: { color: darkText, subtitleColor: darkText },
  text: { color: darkText },
};

/** Settings of every figure on the page. */
const pageConfig = {
  background: "transparent",
  legend: { orient: "bottom", layout: { bottom: { anchor: "start" } } },
  axis: { labelSeparation: 6 },
};

/** Panels stand side by side where each has this many pixels; more if their lines are named at their ends. */
const widePanel = 310;
const widePanelOfLines = 380;

/** Pixels of a panel's axis, and those around all panels. */
const [beside, around] = [64, 20];
/** Pixels of the edges that the page draws around a figure. */
export const edges = 30;

/** Least width of a panel, in pixels. */
const leastPanel = 130;

/** Width of a legend's entry: about that of `dsa(k=2048,index=64)`. */
const legendEntry = 170;

/** A figure's titles, and its specification without them in the page's width and colours. */
export interface AdaptedFigure {
  readonly title: string;
  readonly subtitle: string;
  readonly spec: object;
}

/** Fits a figure of the command line to the page: its panels to the width, its colours to the background. */
export function adapted(figure: object, { width, dark }: Look): AdaptedFigure {
  const { title, ...spec } = figure as FigureSpec;
  const { text, subtitle } = (title ?? {}) as FigureSpec;
  const { besideEach = 0 } = (spec["usermeta"] ?? {}) as { readonly besideEach?: number };
  const across = Math.max(
    1,
    Math.min(
      panelsOf(spec),
      Math.floor((width - edges) / (besideEach > 0 ? widePanelOfLines + besideEach : widePanel)),
    ),
  );
  const room = Math.floor((width - edges - around) / across) - beside - besideEach;
  const columns = Math.max(1, Math.floor((width - edges) / legendEntry));
  const { config = {}, ...fitted } = withLegends(sized(spec, across, room), columns) as FigureSpec;
  const whole: FigureSpec = {
    ...fitted,
    config: [dark ? darkConfig : {}, pageConfig].reduce(merged, config as FigureSpec),
  };
  return {
    title: lines(text),
    subtitle: lines(subtitle),
    spec: dark ? (recoloured(whole) as FigureSpec) : whole,
  };
}

const lines = (text: Json | undefined): string =>
  Array.isArray(text) ? text.join(" ") : typeof text === "string" ? text : "";

/** Number of panels of a figure. */
function panelsOf(spec: FigureSpec): number {
  if (Array.isArray(spec["concat"])) return spec["concat"].length;
  const { sort } = (spec["facet"] ?? {}) as { readonly sort?: Json };
  return Array.isArray(sort) ? sort.length : 1;
}

/** A figure whose panels have another width, and at most their own. */
function sized(spec: FigureSpec, across: number, room: number): FigureSpec {
  const fit = (panel: FigureSpec): FigureSpec => {
    const own = typeof panel["width"] === "number" ? panel["width"] : panelSize.width;
    return { ...panel, width: Math.max(leastPanel, Math.min(room, Math.round(1.6 * own))) };
  };
  if (Array.isArray(spec["concat"]))
    return { ...spec, columns: across, concat: (spec["concat"] as readonly FigureSpec[]).map(fit) };
  if (spec["spec"] !== undefined) return { ...spec, columns: across, spec: fit(spec["spec"] as FigureSpec) };
  return fit(spec);
}

/** A figure whose legends stand below, in columns. */
function withLegends(part: Json, columns: number): Json {
  if (Array.isArray(part)) return part.map((each: Json) => withLegends(each, columns));
  if (!isObject(part)) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]): [string, Json] => {
      if (name === "data") return [name, value];
      return [
        name,
        name === "legend" && isObject(value) ? { ...value, columns } : withLegends(value, columns),
      ];
    }),
  );
}

/** The same with other colours. */
function recoloured(part: Json): Json {
  if (typeof part === "string") return darkColours[part] ?? part;
  if (Array.isArray(part)) return part.map((each: Json) => recoloured(each));
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, recoloured(value)]));
}

/** Two objects as one: of equal names the second counts, and objects inside are merged. */
const merged = (first: FigureSpec, second: FigureSpec): FigureSpec => ({
  ...first,
  ...Object.fromEntries(
    Object.entries(second).map(([name, value]): [string, Json] => {
      const before = first[name];
      return [name, isObject(before) && isObject(value) ? merged(before, value) : value];
    }),
  ),
});

const isObject = (value: Json | undefined): value is FigureSpec =>
  typeof value === "object" && value !== null && !Array.isArray(value);
