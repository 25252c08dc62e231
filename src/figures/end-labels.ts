import { groupBy } from "../core/group.ts";
import type { LinePoint } from "./covered.ts";
import { fieldOf, labelFontSize, labelWidth } from "./labels.ts";
import { axisPixel } from "./axes.ts";
import { panelSize } from "./style.ts";

/** Pixels between two names, from the middle of one to the middle of the next. */
const lineGap = labelFontSize + 2;
/** Pixels from the right edge of a panel to the names of its lines. */
const beyondEdge = 14;
/** Names wider than this many pixels stay in a legend. */
const widest = 160;

/** The name of a line beside its end, and its distance from that end's height, in pixels downwards. */
export interface EndLabel {
  readonly endLabel?: string;
  readonly labelY?: number;
}

/** Tells whether every panel has room for the names of its lines at their ends. */
function endLabelsFit(points: readonly LinePoint[], height: number): boolean {
  const panels = [...groupBy(points, ({ panel }) => panel).values()];
  return panels.every((panel) => {
    const names = [...groupBy(panel, ({ series }) => series).keys()];
    return names.length * lineGap <= height && names.every((name) => labelWidth(name) <= widest);
  });
}

/** Pixels that the names of lines take on the right of a panel. */
export const endLabelRoom = (points: readonly LinePoint[]): number =>
  beyondEdge + Math.ceil(Math.max(0, ...points.map(({ series }) => labelWidth(series))));

/**
 * Moves heights apart until neighbours are `lineGap` pixels or more from each other and all lie in [0, height]. Heights
 * that crowd make a block, whose middle is the mean of theirs. Their order stays.
 */
function spread(heights: readonly number[], height: number): number[] {
  interface Block {
    readonly first: number;
    readonly count: number;
    readonly top: number;
  }
  const middles = (first: number, count: number): number =>
    heights.slice(first, first + count).reduce((sum, y, i) => sum + y - i * lineGap, 0) / count;
  const place = (first: number, count: number): Block => {
    const [low, high] = [lineGap / 2, height - lineGap / 2 - (count - 1) * lineGap];
    return { first, count, top: Math.max(low, Math.min(high, middles(first, count))) };
  };
  const blocks: Block[] = [];
  heights.forEach((_, i) => {
    let block = place(i, 1);
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      if (last.top + last.count * lineGap <= block.top) break;
      blocks.pop();
      block = place(last.first, last.count + block.count);
    }
    blocks.push(block);
  });
  return blocks.flatMap(({ top, count }) => Array.from({ length: count }, (_, i) => top + i * lineGap));
}

/** The y axis that lines are drawn on. */
export interface LineAxis<P> {
  /** a Vega-Lite channel with its scale */
  readonly channel: object;
  /** a point's value on it */
  readonly value: (point: P) => number;
  /** height of a panel in pixels; default: the common one */
  readonly height?: number;
}

/** The points with their lines' names at the ends of lines; undefined where a panel has no room for them. */
export function namedAtEnds<P extends LinePoint>(
  points: readonly P[],
  { channel, value, height = panelSize.height }: LineAxis<P>,
): readonly (P & EndLabel)[] | undefined {
  const pixel = axisPixel(channel, height);
  if (pixel === undefined || !endLabelsFit(points, height)) return undefined;
  const y = (point: P): number => pixel(value(point));
  const labels = new Map<P, EndLabel>();
  for (const panel of groupBy(points, (point) => point.panel).values()) {
    const ends = [...groupBy(panel, ({ series }) => series).values()]
      .map((line) => line.reduce((last, point) => (point.tokens > last.tokens ? point : last)))
      .sort((first, second) => y(first) - y(second));
    const heights = spread(ends.map(y), height);
    ends.forEach((end, i) => labels.set(end, { endLabel: end.series, labelY: heights[i]! - y(end) }));
  }
  return points.map((point) => ({ ...point, ...labels.get(point) }));
}

/** Layers that write the names of lines beside their ends, each with a line in its colour that leads to it. */
export const endLabelLayers = (x: object, y: object, color: object): readonly object[] => {
  const named = [{ filter: "isValid(datum.endLabel)" }];
  return [
    {
      transform: named,
      mark: {
        type: "rule",
        strokeWidth: 1,
        opacity: 0.7,
        x2Offset: beyondEdge - 2,
        y2Offset: { expr: "datum.labelY" },
      },
      encoding: { x, y, x2: { value: "width" }, y2: { field: fieldOf(y) }, color },
    },
    {
      transform: named,
      mark: {
        type: "text",
        align: "left",
        baseline: "middle",
        fontSize: labelFontSize,
        color: "#333333",
        dx: beyondEdge,
        dy: { expr: "datum.labelY" },
      },
      encoding: { x: { value: "width" }, y, text: { field: "endLabel" } },
    },
  ];
};
