import { problemsInWords } from "../compare.ts";
import type { AblationResult } from "./result.ts";

/** Differences of the error a setting without each part, with their intervals, the largest first. */
export function ablationFigure({ full, parts, trials }: AblationResult): object {
  const values = parts
    .map(({ name, differences: { settingError } }) => ({
      part: name === "geometry" ? "all of them" : name,
      difference: 100 * settingError.value,
      low: 100 * settingError.interval.low,
      high: 100 * settingError.interval.high,
    }))
    .sort((a, b) => b.difference - a.difference);
  const y = { field: "part", type: "nominal", sort: values.map(({ part }) => part), title: null };
  const title = "error a setting without the part, less with it (points of 100)";
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: {
      text: "The agreement without each part of the reader",
      subtitle: [
        `${full.settings} settings, ${full.cells} scores, ${problemsInWords(trials)}; the full reader is ${(100 * full.settingError).toFixed(1)} points off a setting`,
        "right of 0 the part makes predictions better; bars: 95%, settings and problems drawn again for both readers",
      ],
      anchor: "start",
    },
    width: 420,
    height: { step: 20 },
    data: { values },
    layer: [
      { mark: { type: "rule", color: "#888" }, encoding: { x: { datum: 0, title } } },
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: {
          y,
          x: { field: "low", type: "quantitative", title },
          x2: { field: "high" },
        },
      },
      {
        mark: { type: "point", filled: true, size: 60, opacity: 1 },
        encoding: { y, x: { field: "difference", type: "quantitative", title } },
      },
    ],
  };
}
