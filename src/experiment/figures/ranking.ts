import { curves, distinct, number, panelOf } from "./aggregate.ts";
import { manyLengths, usersOf } from "./applies.ts";
import type { Figure } from "./figure.ts";
import { config, panelSize, seriesScales, shareAxis, titled } from "./style.ts";

export const ranking: Figure = {
  name: "ranking",
  summary: "score of each variant at one context length",
  applies: (rows) => !manyLengths(rows) && rows.every((row) => usersOf(row) === undefined),
  spec(rows, title) {
    const points = curves(rows, (row) => number(row, "score"));
    const names = distinct(points.map(({ series }) => series));
    const x = shareAxis("score");
    const y = {
      field: "series",
      type: "nominal",
      sort: names,
      title: null,
      axis: { labelLimit: 0, grid: true },
    };
    const color = { field: "series", type: "nominal", scale: seriesScales(names).color, legend: null };
    return {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      config,
      title: titled(
        title,
        `mean score and 95% interval at ${Number(rows[0]!["tokensNominal"]).toLocaleString("en")} tokens`,
      ),
      data: { values: points },
      facet: { field: "panel", type: "nominal", sort: distinct(rows.map(panelOf)), title: null },
      columns: 2,
      resolve: { axis: { x: "independent" } },
      spec: {
        width: panelSize.width,
        height: { step: 26 },
        layer: [
          {
            mark: { type: "rule", strokeWidth: 2, opacity: 0.5 },
            encoding: { y, x: { field: "low", ...x }, x2: { field: "high" }, color },
          },
          {
            mark: { type: "point", filled: true, size: 90, opacity: 1 },
            encoding: { y, x: { field: "mean", ...x }, color },
          },
        ],
      },
    };
  },
};
