import { formatNumber, formatUnit } from "../../core/units.ts";
import type { EngineTimes } from "../../engines/auto/table.ts";
import type { BenchResult, BenchRow } from "../../engines/bench/bench.ts";
import type { Limit } from "../../engines/bench/limits.ts";
import type { BenchRatio } from "../../engines/bench/ratios.ts";
import { processorName } from "../../engines/machine.ts";
import { formatTable } from "./table.ts";

const processor = (): string => `${processorName()}, Node ${process.versions.node}`;

const limitText = ({ perSecond, by }: Limit, unit: string): string =>
  `${formatUnit(perSecond, unit)} (${by})`;

/** The limits of the machine, a table of all rows, and the engines beside each peer. */
export function formatBench({ limits, rows, ratios }: BenchResult, threads: number): string {
  const digits = (value: number | null): string => (value === null ? "" : formatNumber(value));
  const share = (value: number | null): string => (value ? `${(100 * value).toFixed(0)}%` : "");
  const spread = ({ msLow, msHigh }: BenchRow): string => `${digits(msLow)} - ${digits(msHigh)}`;
  return [
    `${threads} ${threads === 1 ? "thread" : "threads"} of ${processor()}`,
    `reads ${limitText(limits.bandwidth, "B/s")}, computes ${limitText(limits.flops, "FLOP/s")}`,
    "",
    formatTable(
      ["workload", "engine", "ms", "rounds", "GB/s", "of read", "GFLOP/s", "of peak", "error"],
      rows.map((row) => [
        row.workload,
        row.engine,
        row.ms === null ? "wrong" : digits(row.ms),
        row.ms === null ? "" : spread(row),
        digits(row.gbps),
        share(row.ofBandwidth),
        row.gflops === 0 ? "" : digits(row.gflops),
        share(row.ofFlops),
        row.error === null ? "" : row.error.toExponential(1),
      ]),
    ),
    ...[...new Set(ratios.map(({ peer }) => peer))].flatMap((peer) => [
      "",
      ...formatRatios(
        peer,
        ratios.filter((ratio) => ratio.peer === peer),
      ),
    ]),
  ].join("\n");
}

/** Times of a peer over those of the engines, then the workloads that each engine is behind on. */
function formatRatios(peer: string, ratios: readonly BenchRatio[]): string[] {
  const engines = [...new Set(ratios.map(({ engine }) => engine))];
  const workloads = [...new Set(ratios.map(({ workload }) => workload))];
  const of = (workload: string, engine: string): BenchRatio | undefined =>
    ratios.find((ratio) => ratio.workload === workload && ratio.engine === engine);
  const cell = (ratio: BenchRatio | undefined): string =>
    ratio ? `${ratio.ratio.toFixed(2)} (${ratio.low.toFixed(2)} - ${ratio.high.toFixed(2)})` : "";
  const isBehind = (workload: string, engine: string): boolean => (of(workload, engine)?.ratio ?? 1) < 1;
  const behind = (those: readonly string[]): string =>
    workloads.filter((workload) => those.every((engine) => isBehind(workload, engine))).join(", ") ||
    "no row";
  return [
    `time of ${peer} over an engine's in the same round, median (least - most); below 1 the engine is behind`,
    formatTable(
      ["workload", ...engines],
      workloads.map((workload) => [workload, ...engines.map((engine) => cell(of(workload, engine)))]),
    ),
    ...engines.map((engine) => `${engine} is behind ${peer} on ${behind([engine])}`),
    ...(engines.length > 1 ? [`all engines are behind ${peer} on ${behind(engines)}`] : []),
  ];
}

/** The table of times for --engine auto. */
export const formatEngineTimes = ({ engines, table }: EngineTimes): string =>
  formatTable(
    ["call", "sizes", ...Object.keys(engines).map((name) => `${name} ms`)],
    table.map(({ kind, sizes, ms }) => [
      kind,
      sizes.join(" x "),
      ...Object.keys(engines).map((name) => formatNumber(ms[name] ?? NaN)),
    ]),
  );
