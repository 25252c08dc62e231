import { formatNumber, formatUnit } from "../src/core/units.ts";
import { panelFigure, seriesScales } from "../src/figures/style.ts";
import type { BenchRow } from "../src/engines/bench/bench.ts";
import type { MachineLimits } from "../src/engines/bench/limits.ts";

/** The Vega-Lite specification of bars, a panel a workload, with the time that the machine's limits allow. */
export function benchFigure(
  rows: readonly BenchRow[],
  { bandwidth, flops }: MachineLimits,
  threads: number,
): object {
  const timed = rows.filter((row) => row.ms !== null);
  const engines = [...new Set(timed.map(({ engine }) => engine))];
  const points = timed.map(({ workload, engine, ms, msLow, msHigh, ofBandwidth, ofFlops }) => ({
    panel: workload,
    engine,
    ms,
    msLow,
    msHigh,
    least: ms! * Math.max(ofBandwidth!, ofFlops!),
    label: formatNumber(ms!),
  }));
  const times = points.flatMap(({ msLow, msHigh, least }) => [msLow!, msHigh!, least]);
  const [low, high] = [Math.min(...times) / 2, Math.max(...times) * 4];
  const decades = Array.from({ length: 12 }, (_, i) => 10 ** (i - 5));
  const x = {
    type: "quantitative",
    title: "ms",
    scale: { type: "log", domain: [low, high], nice: false },
    axis: { values: decades.filter((value) => value >= low && value <= high), format: "~g" },
  };
  const y = { field: "engine", type: "nominal", sort: engines, title: null, axis: { grid: false } };
  const layer = [
    {
      mark: { type: "bar", height: { band: 0.72 } },
      encoding: {
        y,
        x: { field: "ms", ...x },
        x2: { datum: low },
        color: { field: "engine", type: "nominal", scale: seriesScales(engines).color, legend: null },
      },
    },
    {
      mark: { type: "rule", color: "#444444" },
      encoding: { y, x: { field: "msLow", ...x }, x2: { field: "msHigh" } },
    },
    {
      mark: { type: "text", align: "left", dx: 6, fontSize: 10 },
      encoding: { y, x: { field: "msHigh", ...x }, text: { field: "label" } },
    },
    {
      mark: { type: "tick", color: "#d00000", thickness: 2 },
      encoding: { y, x: { field: "least", ...x } },
    },
  ];
  return panelFigure({
    title: `Time of one call on ${threads} ${threads === 1 ? "thread" : "threads"}`,
    subtitle:
      `medians over rounds, lines from the fastest to the slowest; red: the least that reading ` +
      `${formatUnit(bandwidth.perSecond, "B/s")} (${bandwidth.by}) and computing ` +
      `${formatUnit(flops.perSecond, "FLOP/s")} (${flops.by}) allow`,
    points,
    layer,
    height: { step: 17 },
  });
}
