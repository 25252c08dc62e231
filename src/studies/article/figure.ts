import { accuracy } from "../../figures/accuracy.ts";
import { publishedScores } from "../../files/published.ts";
import { distinct } from "../../core/group.ts";
import { panelFigure, seriesScales } from "../../figures/style.ts";
import type { TrialRow } from "../../trial/columns.ts";

/** Pixels that names at an axis take beside what a panel has for its axis. */
const besideOf = (names: readonly string[]): number =>
  Math.max(0, 7 * Math.max(...names.map((name) => name.length)) - 40);

interface Pairs {
  readonly title: string;
  readonly subtitle: string;
  /** names of the two values of each pair */
  readonly series: readonly [string, string];
  readonly pairs: readonly { readonly name: string; readonly values: readonly [number, number] }[];
  /** title of the axis */
  readonly axis: string;
}

/** A figure of pairs: each is a line from its first value to its second. */
export function pairsFigure({ title, subtitle, series, pairs, axis }: Pairs): object {
  const names = pairs.map(({ name }) => name);
  const points = pairs.flatMap(({ name, values }) =>
    values.map((value, i) => ({
      panel: "",
      name,
      series: series[i]!,
      value,
      from: values[0],
      to: values[1],
    })),
  );
  const y = { field: "name", type: "nominal", sort: names, title: null, axis: { labelLimit: 0, grid: true } };
  const x = { type: "quantitative", title: axis, scale: { zero: false, nice: true, padding: 8 } };
  const color = {
    field: "series",
    type: "nominal",
    title: null,
    scale: { domain: series, range: ["#9a9a9a", "#0072B2"] },
    legend: { orient: "top", symbolSize: 90 },
  };
  return panelFigure({
    title,
    subtitle,
    points,
    layer: [
      {
        mark: { type: "rule", color: "#bbbbbb", strokeWidth: 3 },
        encoding: { y, x: { ...x, field: "from" }, x2: { field: "to" } },
      },
      {
        mark: { type: "point", filled: true, size: 90, opacity: 1 },
        encoding: { y, x: { ...x, field: "value" }, color },
      },
    ],
    width: 460,
    beside: besideOf(names),
    height: { step: 26 },
  });
}

interface Bars {
  readonly title: string;
  readonly subtitle: string;
  readonly axis: string;
  /** largest value that a bar can have, where the axis' labels end; default: none */
  readonly largest?: number;
  readonly bars: readonly {
    readonly name: string;
    readonly series: string;
    readonly value: number;
    /** text at its end */
    readonly label: string;
    readonly panel?: string;
  }[];
}

const barWidth = 420;

/** Parts of an axis with a largest value that have labels. */
const fifths = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** Bars in groups by name. */
export function barsFigure({ title, subtitle, axis, largest, bars }: Bars): object {
  const series = distinct(bars.map((bar) => bar.series));
  const y = {
    field: "name",
    type: "nominal",
    sort: distinct(bars.map(({ name }) => name)),
    title: null,
    axis: { labelLimit: 0 },
  };
  const offset = series.length > 1 ? { yOffset: { field: "series", sort: series } } : {};
  // room at the right of the longest bar for its label
  const room = 7 * Math.max(...bars.map(({ label }) => label.length));
  const most = (Math.max(...bars.map(({ value }) => value)) * barWidth) / (barWidth - room);
  const x = {
    field: "value",
    type: "quantitative",
    title: axis,
    scale: { domain: [0, most], nice: false },
    axis: largest === undefined ? { tickCount: 8 } : { values: fifths.map((part) => part * largest) },
  };
  const color = {
    field: "series",
    type: "nominal",
    title: null,
    scale: seriesScales(series).color,
    legend: series.length > 1 ? { orient: "top", columns: 3 } : null,
  };
  return panelFigure({
    title,
    subtitle,
    points: bars.map((bar) => ({ panel: "", ...bar })),
    layer: [
      { mark: { type: "bar", opacity: 0.85 }, encoding: { y, x, color, ...offset } },
      {
        mark: { type: "text", align: "left", dx: 4, fontSize: 10.5, color: "#333333" },
        encoding: { y, x, text: { field: "label" }, ...offset },
      },
    ],
    width: barWidth,
    beside: besideOf(bars.map(({ name }) => name)),
    height: { step: series.length > 1 ? 17 : 26 },
  });
}

/** Scores of trials over length, beside the published ones. */
export const accuracyFigure = (rows: readonly TrialRow[], title: string): object =>
  accuracy.spec(rows, { title, published: publishedScores() });
