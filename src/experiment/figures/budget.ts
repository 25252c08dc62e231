import type { TrialRow } from "../../simulate/columns.ts";
import { groupBy } from "../group.ts";
import { distinct, estimate, number, panelOf, seriesNamer } from "./aggregate.ts";
import { usersOf } from "./applies.ts";
import type { Figure } from "./figure.ts";
import { config, panels, seriesScales, shareAxis, titled } from "./style.ts";

/** What stays of a budget without its users: the system and model that they share. */
const sharedOf = (row: TrialRow): string =>
  String(row["budget"])
    .split(",")
    .filter((part) => !part.trim().startsWith("users="))
    .map((part) => part.slice(part.indexOf("=") + 1))
    .join(", ");

export const budget: Figure = {
  name: "budget",
  summary: "score against the users who share a system, with the parameter that each variant's budget led to",
  applies: (rows) => distinct(rows.map(usersOf).filter((users) => users !== undefined)).length > 1,
  spec(rows, title) {
    const budgeted = rows.filter((row) => usersOf(row) !== undefined);
    const series = seriesNamer(budgeted);
    const panel = (row: TrialRow): string => `${panelOf(row)}: ${sharedOf(row)}`;
    const cells = groupBy(budgeted, (row) => JSON.stringify([panel(row), series(row), usersOf(row)]));
    const points = [...cells].map(([key, cell]) => {
      const row = cell[0]!;
      const fits = row["fits"] !== false;
      const setting = row["budgetParam"] ? `${String(row["budgetParam"])}=${String(row["budgetValue"])}` : "";
      return {
        panel: panel(row),
        series: series(row),
        users: usersOf(row),
        fits,
        label: fits ? setting : "does not fit",
        ...(fits ? estimate(cell, (each) => number(each, "score"), key) : { mean: 0 }),
      };
    });
    const users = distinct(points.map((point) => point.users!)).sort((a, b) => a - b);
    const { color, shape } = seriesScales(distinct(points.map((point) => point.series)));
    const x = {
      field: "users",
      type: "quantitative",
      title: "users who share the system",
      scale: { type: "log", domain: [users[0]! / 1.25, users.at(-1)! * 1.25], nice: false },
      axis: { values: users, format: ",d" },
    };
    const y = { field: "mean", ...shareAxis("score") };
    const hue = {
      field: "series",
      type: "nominal",
      scale: color,
      title: "variant",
      legend: { symbolOpacity: 1, symbolSize: 80 },
    };
    const mark = { field: "series", type: "nominal", scale: shape, title: "variant" };
    const fitting = [{ filter: "datum.fits" }];
    const layer = [
      {
        transform: fitting,
        mark: { type: "area", opacity: 0.1 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: hue },
      },
      { transform: fitting, mark: { type: "line", strokeWidth: 1.8 }, encoding: { x, y, color: hue } },
      {
        transform: fitting,
        mark: { type: "point", filled: true, size: 55, opacity: 1 },
        encoding: { x, y, color: hue, shape: mark },
      },
      {
        transform: fitting,
        mark: { type: "text", dy: -9, fontSize: 9 },
        encoding: { x, y, color: hue, text: { field: "label" } },
      },
      {
        transform: [{ filter: "!datum.fits" }],
        mark: { type: "point", shape: "M-1,-1L1,1M-1,1L1,-1", size: 60, strokeWidth: 2, opacity: 1 },
        encoding: { x, y, color: hue },
      },
    ];
    return {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      config,
      title: titled(
        title,
        "mean score and 95% interval; labels: what the budget led to; x on the axis: the variant does not fit at all",
      ),
      data: { values: points },
      ...panels(distinct(points.map((point) => point.panel)), { layer, height: 340 }),
    };
  },
};
