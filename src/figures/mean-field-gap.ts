import { meanFieldGaps } from "../trial/mean-field-gap.ts";
import type { Figure } from "./figure.ts";
import { shareAxis } from "./axes.ts";
import { panelFigure, seriesScales } from "./style.ts";
import { distinct } from "../core/group.ts";

const titles = { goldMass: "gold mass", recall: "recall", score: "score" } as const;

export const meanFieldGap: Figure = {
  name: "mean-field-gap",
  summary: "means of the numerics against those of the mean field, for every variant and length",
  needs: "rows in both modes of the same variants and lengths",
  applies: (rows) => meanFieldGaps(rows).length > 0,
  spec(rows, { title }) {
    const gaps = meanFieldGaps(rows);
    // weights of recurrent states are not shares and may sum to more than 1: no axis from 0 to 1 shows them
    const shares = gaps.filter(
      ({ numerics, meanField: expected }) =>
        Math.max(numerics, expected) <= 1.02 && Math.min(numerics, expected) >= 0,
    );
    const points = shares.map(({ measure, task, numerics, meanField: expected, error }) => ({
      panel: titles[measure],
      task,
      numerics,
      expected,
      low: Math.max(0, numerics - 3 * error),
      high: Math.min(1, numerics + 3 * error),
    }));
    const tasks = distinct(points.map((point) => point.task));
    const { color, shape } = seriesScales(tasks);
    const x = { field: "expected", ...shareAxis("mean field") };
    const y = { field: "numerics", ...shareAxis("numerics") };
    const hue = {
      field: "task",
      type: "nominal",
      scale: color,
      title: "task",
      legend: { symbolOpacity: 1, symbolSize: 80 },
    };
    const layer = [
      {
        data: { values: [{ from: 0, to: 1 }] },
        mark: { type: "rule", stroke: "#888888", strokeDash: [3, 3] },
        encoding: {
          x: { ...x, field: "from" },
          y: { ...y, field: "from" },
          x2: { field: "to" },
          y2: { field: "to" },
        },
      },
      {
        mark: { type: "rule", opacity: 0.15 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: hue },
      },
      {
        mark: { type: "point", filled: true, opacity: 0.7, size: 24 },
        encoding: {
          x,
          y,
          color: hue,
          shape: { field: "task", type: "nominal", scale: shape, title: "task" },
        },
      },
    ];
    return panelFigure({
      title,
      subtitle:
        "means over trials; bars: three standard errors of the difference; sums of a state's weights beyond 1 are left out",
      points,
      layer,
      width: 300,
      height: 300,
    });
  },
};
