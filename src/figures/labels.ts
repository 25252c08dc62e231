/** A mark in a panel, in pixels from the top left. A mark with a text is labelled. */
export interface PlacedMark {
  readonly x: number;
  readonly y: number;
  readonly text?: string | undefined;
}

/** A line that labels keep off, from one end to the other, in pixels. */
export interface PanelLine {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** A label's centre as a distance in pixels from its mark, and the end of the line that leads to it. */
export interface LabelPlace {
  readonly label: string;
  readonly dx: number;
  readonly dy: number;
  readonly leads: boolean;
  readonly leadX: number;
  readonly leadY: number;
}

interface LabelBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Font size of names beside marks and lines. */
export const labelFontSize = 10;
/** Width of a character and height of a line of DejaVu Sans, in pixels. */
const [characterWidth, lineHeight] = [0.6 * labelFontSize, 1.2 * labelFontSize];

/** Width of a name in pixels. */
export const labelWidth = (text: string): number => characterWidth * text.length;

const markRadius = 5;
/** Gaps in pixels between a mark and its label, nearest first. From the second on, a line leads to the label. */
const gaps = [7, 16, 26, 38, 52];
/** Sides of a mark, in the order in which they are tried: right, left, above, below, and between them. */
const sides = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
] as const;

/** Pixels that a label goes farther to avoid the crossing of a line. */
const crossing = 45;

const overlap = (a: LabelBox, b: LabelBox): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const boxAround = (x: number, y: number, width: number, height: number): LabelBox => ({
  left: x - width / 2,
  right: x + width / 2,
  top: y - height / 2,
  bottom: y + height / 2,
});

/** Tells whether a line passes through a box: Liang and Barsky's clipping leaves something of it. */
function crosses({ from, to }: PanelLine, { left, right, top, bottom }: LabelBox): boolean {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  let [first, last] = [0, 1];
  for (const [step, room] of [
    [-dx, from[0] - left],
    [dx, right - from[0]],
    [-dy, from[1] - top],
    [dy, bottom - from[1]],
  ] as const) {
    if (step === 0) {
      if (room < 0) return false;
    } else if (step < 0) first = Math.max(first, room / step);
    else last = Math.min(last, room / step);
  }
  return first <= last;
}

/** A panel with its marks, and the lines that labels keep off. */
export interface LabelledPanel {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly PlacedMark[];
  readonly lines?: readonly PanelLine[];
}

/**
 * Places the labels of marks inside a panel, one after the other: each at the nearest place that covers no mark and no
 * label, and crosses no line if there is such a place. A label without a place is left out.
 *
 * Returns a place for each mark, in their order; undefined for a mark without a label.
 */
export function placeLabels({
  width,
  height,
  marks,
  lines = [],
}: LabelledPanel): readonly (LabelPlace | undefined)[] {
  const obstacles = marks.map(({ x, y }) => boxAround(x, y, 2 * markRadius, 2 * markRadius));
  const taken: LabelBox[] = [];
  const leads: PanelLine[] = [];
  return marks.map(({ x, y, text }) => {
    if (text === undefined || text === "") return undefined;
    const [w, h] = [labelWidth(text), lineHeight];
    let best: { cost: number; box: LabelBox; place: LabelPlace } | undefined;
    gaps.forEach((gap, near) =>
      sides.forEach(([right, down], side) => {
        const slant = right !== 0 && down !== 0 ? Math.SQRT1_2 : 1;
        const [leadX, leadY] = [right * gap * slant, down * gap * slant];
        const [dx, dy] = [leadX + (right * w) / 2, leadY + (down * h) / 2];
        const box = boxAround(x + dx, y + dy, w, h);
        const isInside = box.left >= 2 && box.right <= width - 2 && box.top >= 1 && box.bottom <= height - 1;
        if (!isInside || [...obstacles, ...taken].some((other) => overlap(other, box))) return;
        const crossed = [...lines, ...leads].filter((line) => crosses(line, box)).length;
        // a line that leads to a label should lie on no line, and pass through no label and no other mark
        const lead: PanelLine = { from: [x + leadX / 2, y + leadY / 2], to: [x + leadX, y + leadY] };
        const middle = boxAround(...lead.from, 2, 2);
        const covered =
          near === 0
            ? 0
            : lines.filter((line) => crosses(line, middle)).length +
              [...obstacles, ...taken].filter((other) => crosses(lead, other)).length;
        const cost = gap + side + crossing * (crossed + covered);
        if (best !== undefined && best.cost <= cost) return;
        best = { cost, box, place: { label: text, dx, dy, leads: near > 0, leadX, leadY } };
      }),
    );
    if (best === undefined) return undefined;
    taken.push(best.box);
    if (best.place.leads) leads.push({ from: [x, y], to: [x + best.place.leadX, y + best.place.leadY] });
    return best.place;
  });
}

/** Layers that draw the labels of points which carry a `LabelPlace`, at the encodings x and y of their marks. */
export const labelLayers = (x: object, y: object): readonly object[] => [
  {
    transform: [{ filter: "datum.leads === true" }],
    mark: {
      type: "rule",
      color: "#999999",
      strokeWidth: 0.8,
      x2Offset: { expr: "datum.leadX" },
      y2Offset: { expr: "datum.leadY" },
    },
    encoding: { x, y, x2: { field: fieldOf(x) }, y2: { field: fieldOf(y) } },
  },
  // a white edge below the text keeps it apart from a line that passes there
  ...[{ stroke: "#ffffff", strokeWidth: 3, strokeJoin: "round" }, {}].map((edge) => ({
    transform: [{ filter: "isValid(datum.label)" }],
    mark: {
      type: "text",
      align: "center",
      baseline: "middle",
      fontSize: labelFontSize,
      color: "#333333",
      dx: { expr: "datum.dx" },
      dy: { expr: "datum.dy" },
      ...edge,
    },
    encoding: { x, y, text: { field: "label" } },
  })),
];

/** The column that a channel shows. */
export const fieldOf = (channel: object): string => ("field" in channel ? String(channel.field) : "");
