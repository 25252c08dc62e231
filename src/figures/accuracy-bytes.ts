import type { TrialRow } from "../trial/columns.ts";
import { distinct, groupBy } from "../core/group.ts";
import { bytesReadOf, estimate, measured, panelOf, scoreMeasure, seriesNamer } from "./aggregate.ts";
import { manyLengths } from "./applies.ts";
import { endsText, rangeDash, trialsText } from "./ends.ts";
import type { Figure } from "./figure.ts";
import { bytesAxis, shareAxis } from "./axes.ts";
import { legendColumns, panelFigure, seriesScales } from "./style.ts";

/** A variant's name without its parameters. At one length a curve joins the parameters that were tried. */
const nameOf = (row: TrialRow): string => row.variant.replace(/\(.*\)/, "");

export const accuracyBytes: Figure = {
  name: "accuracy-bytes",
  summary:
    "score against the bytes that one decode step reads, through the lengths or the settings of each variant",
  needs: "rows with a score and bytes read",
  applies: (rows) => rows.some((row) => bytesReadOf(row) !== null && row.score !== null),
  spec(rows, { title }) {
    const isSwept = manyLengths(rows);
    const series = isSwept ? seriesNamer(rows) : nameOf;
    const cells = groupBy(rows, (row) =>
      JSON.stringify([panelOf(row), series(row), row.tokensNominal, row.resolved]),
    );
    const points = [...cells.values()].flatMap((cell) => {
      const score = estimate(cell, scoreMeasure);
      const bytes = estimate(cell, measured(bytesReadOf));
      if (score === undefined || bytes === undefined) return [];
      const tokens = cell[0]!.tokensNominal;
      return [{ panel: panelOf(cell[0]!), series: series(cell[0]!), tokens, bytes: bytes.mean, ...score }];
    });
    const drawn = distinct(points.map((point) => point.series));
    const { color, shape } = seriesScales(drawn);
    const x = {
      field: "bytes",
      ...bytesAxis(
        points.map(({ bytes }) => bytes),
        "bytes read by one decode step",
      ),
    };
    const y = { field: "mean", ...shareAxis("score") };
    const legendTitle = `variant, ${trialsText(points)}`;
    const hue = {
      field: "series",
      type: "nominal",
      scale: color,
      title: legendTitle,
      legend: { symbolOpacity: 1, symbolSize: 80, columns: legendColumns(drawn) },
    };
    const mark = { field: "series", type: "nominal", scale: shape, title: legendTitle };
    const size = {
      field: "tokens",
      type: "quantitative",
      scale: { type: "log", base: 2, range: [16, 150] },
      legend: null,
    };
    const layer = [
      {
        mark: { type: "rule", opacity: 0.35 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: hue, strokeDash: rangeDash },
      },
      {
        mark: { type: "line", opacity: 0.5, strokeWidth: 1.2 },
        encoding: { x, y, color: hue, order: { field: isSwept ? "tokens" : "bytes" } },
      },
      {
        mark: { type: "point", filled: true, opacity: 0.9, size: 80 },
        encoding: { x, y, color: hue, shape: mark, ...(isSwept ? { size } : {}) },
      },
    ];
    const length = rows[0]!.tokensNominal.toLocaleString("en");
    const sizes = isSwept ? "; larger marks are longer contexts" : `, at ${length} tokens`;
    return panelFigure({
      title,
      subtitle: `mean score against bytes read${sizes}; ${endsText(points)}`,
      points,
      layer,
    });
  },
};
