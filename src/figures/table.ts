import { distinct } from "../core/group.ts";
import { lengthAxis, shareAxis } from "./axes.ts";
import { legendColumns, panelFigure, seriesScales } from "./style.ts";

/** A row of any table: texts and numbers by column. */
export type TableFigureRow = Readonly<Record<string, string | number | null>>;

/** Columns that a figure of a table shows. */
export interface TableColumns {
  /** number along the x axis; without one each series is a line of the ranking */
  readonly x: string | undefined;
  readonly y: string;
  /** columns whose values together name a series */
  readonly series: readonly string[];
  /** columns that set panels apart */
  readonly panels: readonly string[];
}

/** Columns of lengths, loads and costs along the x axis, the first that a table has more than one value of. */
const preferredX = ["tokens", "context", "users", "batch", "tpotSeconds", "hbmBytes"];

/** Columns that answer a question, the first that a table has. */
// prettier-ignore
const preferredY = [
  "score", "tpotMs", "tpotSeconds", "attendMs", "stepSeconds", "seconds", "usersPerRack", "search", "error", "numerics", "ms", "gbps",
];

/** Columns that name what is compared, the first that a table has. */
const preferredSeries = ["variant", "model", "engine", "change", "series", "benchmark", "system"];

/**
 * Chooses the columns to draw of a table. Undefined where it has no number, or no text that names what is compared.
 *
 * @param asked columns that the user has named
 */
export function chooseColumns(
  rows: readonly TableFigureRow[],
  asked: { readonly x?: string | undefined; readonly y?: string | undefined },
): TableColumns | undefined {
  const all = distinct(rows.flatMap((row) => Object.keys(row)));
  const valuesOf = (column: string) => distinct(rows.map((row) => row[column] ?? null));
  const numbers = all.filter((column) => {
    const values = valuesOf(column).filter((value) => value !== null);
    return values.length > 0 && values.every((value) => typeof value === "number");
  });
  const texts = all.filter((column) => !numbers.includes(column) && valuesOf(column).some(isText));
  const main = preferredSeries.find((column) => texts.includes(column)) ?? texts[0];
  const x = asked.x ?? preferredX.find((column) => numbers.includes(column) && valuesOf(column).length > 1);
  const y = asked.y ?? [...preferredY, ...numbers].find((column) => numbers.includes(column) && column !== x);
  if (main === undefined || y === undefined) return undefined;
  const panels = ["system", "model", "placement", "kvDtype", "workload"].filter(
    (column) => column !== main && texts.includes(column) && valuesOf(column).length > 1,
  );
  const others = all.filter(
    (column) =>
      (loads.includes(column) || column.includes(".")) &&
      column !== x &&
      column !== y &&
      valuesOf(column).length > 1,
  );
  return { x, y, series: [main, ...others], panels };
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** Lines of a number over another one, or marks in order where there is none. */
export function tableFigure(
  rows: readonly TableFigureRow[],
  { x, y, series, panels }: TableColumns,
  title: string,
): object {
  const points = rows.flatMap((row) => {
    const value = row[y];
    const at = x === undefined ? 0 : row[x];
    return typeof value === "number" && typeof at === "number"
      ? [
          {
            panel: panels.map((column) => String(row[column])).join(", ") || y,
            series: nameOf(row, series),
            x: at,
            y: value,
          },
        ]
      : [];
  });
  const ascending = [...points].sort((a, b) => b.y - a.y);
  const names = distinct((x === undefined ? ascending : points).map((point) => point.series));
  const { color, shape } = seriesScales(names);
  const number = {
    field: "y",
    ...(shares.includes(y)
      ? shareAxis(y)
      : numberAxis(
          points.map((point) => point.y),
          y,
        )),
  };
  const legend = { symbolSize: 70, symbolOpacity: 1, columns: legendColumns(names) };
  const hue = { field: "series", type: "nominal", scale: color, title: series.join(", "), legend };
  const mark = { field: "series", type: "nominal", scale: shape, title: series.join(", ") };
  if (x === undefined)
    return panelFigure({
      title,
      subtitle: `${y} of each ${series.join(", ")}, the largest first`,
      points,
      layer: [
        {
          mark: { type: "point", filled: true, size: 90, opacity: 1 },
          encoding: {
            x: number,
            y: {
              field: "series",
              type: "nominal",
              sort: names,
              title: null,
              axis: { labelLimit: 0, grid: true },
            },
            color: { ...hue, legend: null },
          },
        },
      ],
      height: { step: 26 },
      ownAxes: ["x"],
    });
  const xs = points.map((point) => point.x);
  const axis =
    x === "tokens" || x === "context"
      ? { field: "x", ...lengthAxis(xs), title: x }
      : { field: "x", ...numberAxis(xs, x) };
  return panelFigure({
    title,
    subtitle: `${y} over ${x}`,
    points,
    layer: [
      {
        mark: { type: "line", strokeWidth: 1.8 },
        encoding: { x: axis, y: number, color: hue, order: { field: "x" } },
      },
      {
        mark: { type: "point", filled: true, size: 40, opacity: 1 },
        encoding: { x: axis, y: number, color: hue, shape: mark },
      },
    ],
  });
}

/** Numbers that set lines apart, beside the swept quantities of systems, whose names have a point. */
const loads = ["users", "batch", "prompts"];

/** The name of a series: its first column, and others with their titles. */
const nameOf = (row: TableFigureRow, [main, ...others]: readonly string[]): string =>
  [String(row[main!]), ...others.map((column) => `${column} ${String(row[column])}`)].join(", ");

/** Columns of shares, from 0 to 1. */
const shares = ["score", "search", "recall"];

/** An axis of numbers: logarithmic where they are positive and lie far apart. */
function numberAxis(values: readonly number[], title: string): object {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const scale = low > 0 && high / low > 8 ? { type: "log" } : { type: "linear", zero: false };
  return {
    type: "quantitative",
    title,
    scale: { ...scale, nice: false, padding: 10 },
    axis: { format: high < 1000 ? "~g" : "~s", tickCount: 6 },
  };
}
