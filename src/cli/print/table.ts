import { visible } from "../../core/visible.ts";
import { lineWidth } from "./width.ts";

/** A cell of a table; null is an empty one. */
export type TableCell = string | number | null;

/** How a table is made to fit. */
export interface TableFit {
  /** characters of a line; default: those of the terminal */
  readonly width?: number;
  /** titles of columns that are left out of a table that is too wide, the least important first */
  readonly spare?: readonly string[];
}

/** A column laid out: its title, and its cells as text. */
interface LaidColumn {
  readonly title: string;
  readonly cells: readonly string[];
  /** aligned right */
  readonly isNumeric: boolean;
}

/** A number, with a unit or without: `12`, `0.98`, `12.4 ms`, `>= 5`, `-`. */
const numeric = /^(?:[<>~≥≤]?=? ?[-+]?\$?[\d.,]+(?:e[-+]?\d+)?%?(?: [A-Za-z/%]+)?|-)$/;

/**
 * Formats aligned plain text: a line of titles, a rule, a line for each row. Columns of numbers are aligned right, others
 * left. A table that is wider than the terminal says what all rows share above it, leaves spare columns out, breaks its last
 * text, or becomes one block for each row.
 *
 * @param rows a cell for each title
 */
export function formatTable(
  titles: readonly string[],
  rows: readonly (readonly TableCell[])[],
  { width = lineWidth(), spare = [] }: TableFit = {},
): string {
  const all = titles.map((title, c) =>
    columnOf(
      visible(title),
      rows.map((row) => visible(String(row[c] ?? ""))),
    ),
  );
  if (widthOf(all) <= width) return linesOf(all);
  const shared: LaidColumn[] = [];
  const missing: LaidColumn[] = [];
  let left = all;
  const leave = (column: LaidColumn | undefined, to: LaidColumn[]): void => {
    if (column === undefined || left.length <= 2 || widthOf(left) <= width) return;
    left = left.filter((each) => each !== column);
    to.push(column);
  };
  if (rows.length > 1) for (const column of all.filter(isConstant)) leave(column, shared);
  for (const title of spare)
    leave(
      left.find((column) => column.title === title),
      missing,
    );
  const lines = widthOf(left) <= width ? linesOf(left) : brokenLines(left, width);
  if (lines === undefined) return blocksOf(all);
  return [
    ...(shared.length > 0 ? [shared.map(({ title, cells }) => `${title}: ${cells[0]!}`).join(", "), ""] : []),
    lines,
    ...(missing.length > 0
      ? ["", `left out: ${missing.map(({ title }) => title).join(", ")}; --wide shows all`]
      : []),
  ].join("\n");
}

/** Lines of a table whose last column, if it is text, is broken; undefined where too little room is left for it. */
function brokenLines(left: readonly LaidColumn[], width: number): string | undefined {
  const last = left.at(-1)!;
  const room = width - widthOf(left) + columnWidth(last);
  if (last.isNumeric || room < leastText) return undefined;
  const broken = last.cells.map((cell) => breakText(cell, room));
  const heights = broken.map((lines) => lines.length);
  const stretched = left.map((column) => ({
    ...column,
    cells: heights.flatMap((height, r) =>
      Array.from({ length: height }, (_, i) =>
        column === last ? broken[r]![i]! : i === 0 ? column.cells[r]! : "",
      ),
    ),
  }));
  return linesOf(stretched);
}

/** Characters that a broken text needs at least. */
const leastText = 24;

/** A text in lines of a width, broken at its spaces. */
function breakText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length === 0 ? [""] : lines;
}

function columnOf(title: string, cells: readonly string[]): LaidColumn {
  return { title, cells, isNumeric: cells.every((cell) => cell === "" || numeric.test(cell)) };
}

const isConstant = ({ title, cells }: LaidColumn): boolean =>
  title !== "" && cells[0] !== "" && cells.every((cell) => cell === cells[0]);

const columnWidth = ({ title, cells }: LaidColumn): number =>
  Math.max(title.length, ...cells.map((cell) => cell.length));

const widthOf = (columns: readonly LaidColumn[]): number =>
  columns.reduce((sum, column) => sum + columnWidth(column) + 2, -2);

/** Titles, a rule, and a line for each row. */
function linesOf(columns: readonly LaidColumn[]): string {
  const widths = columns.map(columnWidth);
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, c) => (columns[c]!.isNumeric ? text.padStart(widths[c]!) : text.padEnd(widths[c]!)))
      .join("  ")
      .trimEnd();
  const rows = columns[0]?.cells.map((_, r) => line(columns.map(({ cells }) => cells[r]!))) ?? [];
  return [
    line(columns.map(({ title }) => title)),
    widths.map((width) => "-".repeat(width)).join("  "),
    ...rows,
  ].join("\n");
}

/** A block for each row: a line for each cell with its title. A cell without a title stands behind the one before it. */
function blocksOf(columns: readonly LaidColumn[]): string {
  const width = Math.max(...columns.map(({ title }) => title.length)) + 2;
  const rows = columns[0]?.cells ?? [];
  return rows
    .map((_, r) => {
      const lines: string[] = [];
      for (const { title, cells } of columns)
        if (cells[r] === "") continue;
        else if (title === "" && lines.length > 0) lines[lines.length - 1] = `${lines.at(-1)!} ${cells[r]!}`;
        else lines.push(`${title.padEnd(width)}${cells[r]!}`);
      return lines.join("\n");
    })
    .join("\n\n");
}
