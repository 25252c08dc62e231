import type { TrialRow } from "../trial/columns.ts";
import type { Mode } from "../trial/trial.ts";
import { distinct, groupBy } from "../core/group.ts";
import { bytesReadOf, estimate, measured, panelOf, scoreMeasure } from "./aggregate.ts";
import { endsText, rangeDash } from "./ends.ts";
import type { Figure } from "./figure.ts";
import { bytesAxis, shareAxis } from "./axes.ts";
import { panelFigure, seriesScales } from "./style.ts";

const lengthOf = (row: TrialRow): string => `${row.tokensNominal.toLocaleString("en")} tokens`;

export const reads: Figure = {
  name: "reads",
  summary: "score against the bytes that a step reads, through the reads of each query",
  needs: "rows with several values of reads",
  applies: (rows) => distinct(rows.map((row) => row.reads ?? 1)).length > 1,
  spec(rows, { title }) {
    const panel = (row: TrialRow): string => `${panelOf(row)}, ${lengthOf(row)}`;
    const isMeanField = (row: TrialRow): boolean => row.mode === "mean-field";
    const cells = groupBy(rows, (row) =>
      JSON.stringify([panel(row), row.variant, row.reads ?? 1, isMeanField(row)]),
    );
    const points = [...cells.values()].flatMap((cell) => {
      const row = cell[0]!;
      const score = estimate(cell, scoreMeasure);
      const bytes = estimate(cell, measured(bytesReadOf));
      if (score === undefined || bytes === undefined) return [];
      return [
        {
          panel: panel(row),
          series: row.variant,
          reads: row.reads ?? 1,
          bytes: bytes.mean,
          mode: row.mode,
          ...score,
        },
      ];
    });
    const series = distinct(points.map((point) => point.series));
    const scales = seriesScales(series);
    const color = {
      field: "series",
      type: "nominal",
      scale: scales.color,
      title: "variant",
      legend: { symbolSize: 80, symbolOpacity: 1 },
    };
    const shape = { field: "series", type: "nominal", scale: scales.shape, title: "variant" };
    const x = {
      field: "bytes",
      ...bytesAxis(
        points.map(({ bytes }) => bytes),
        "bytes read by one decode step",
      ),
    };
    const y = { field: "mean", ...shareAxis("score") };
    const size = {
      field: "reads",
      type: "quantitative",
      title: "reads",
      scale: { type: "log", range: [16, 160] },
      legend: { values: distinct(points.map((point) => point.reads)), symbolFillColor: "#555555" },
    };
    const only = (mode: Mode): object[] => [{ filter: `datum.mode === '${mode}'` }];
    return panelFigure({
      title,
      subtitle: `mean score against what a step reads, all reads of a query together; larger marks read more often; open marks: full numerics; ${endsText(points)}`,
      points,
      layer: [
        {
          mark: { type: "rule", opacity: 0.35 },
          encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color, strokeDash: rangeDash },
        },
        {
          transform: only("mean-field"),
          mark: { type: "line", strokeWidth: 1.6, opacity: 0.7 },
          encoding: { x, y, color, order: { field: "reads" } },
        },
        {
          transform: only("mean-field"),
          mark: { type: "point", filled: true, opacity: 1 },
          encoding: { x, y, color, shape, size },
        },
        {
          transform: only("numerics"),
          mark: { type: "point", filled: false, strokeWidth: 1.8, opacity: 1 },
          encoding: { x, y, color, shape, size },
        },
      ],
      width: 320,
      height: 220,
      // a row of panels for each length
      columns: Math.min(3, distinct(rows.map(panelOf)).length),
    });
  },
};
