import { curves, scoreMeasure } from "./aggregate.ts";
import { distinct } from "../core/group.ts";
import { manyLengths } from "./applies.ts";
import { endsText, rangeDash } from "./ends.ts";
import type { Figure } from "./figure.ts";
import { panelFigure, seriesScales, shareAxis } from "./style.ts";

export const ranking: Figure = {
  name: "ranking",
  summary: "score of each variant at one context length, the best first",
  applies: (rows) => !manyLengths(rows) && rows.every((row) => row.users === null),
  spec(rows, { title }) {
    const points = curves(rows, scoreMeasure);
    const names = distinct([...points].sort((a, b) => b.mean - a.mean).map(({ series }) => series));
    const x = shareAxis("score");
    const y = {
      field: "series",
      type: "nominal",
      sort: names,
      title: null,
      axis: { labelLimit: 0, grid: true },
    };
    const color = { field: "series", type: "nominal", scale: seriesScales(names).color, legend: null };
    const layer = [
      {
        mark: { type: "rule", strokeWidth: 2, opacity: 0.5 },
        encoding: { y, x: { field: "low", ...x }, x2: { field: "high" }, color, strokeDash: rangeDash },
      },
      {
        mark: { type: "point", filled: true, size: 90, opacity: 1 },
        encoding: { y, x: { field: "mean", ...x }, color },
      },
    ];
    const lengths = distinct(rows.map((row) => row.tokensNominal.toLocaleString("en")));
    return panelFigure({
      title,
      subtitle: `mean score at ${lengths.join(" or ")} tokens; ${endsText(points)}`,
      points,
      layer,
      height: { step: 26 },
      ownAxes: ["x"],
    });
  },
};
