import { formatNumber, formatUnit } from "../../core/units.ts";
import type { EngineTimes } from "../../engines/auto/table.ts";
import type { BenchResult, BenchRow } from "../../engines/bench/bench.ts";
import type { Limit } from "../../engines/bench/limits.ts";
import { processorName } from "../../engines/machine.ts";
import { formatTable } from "./table.ts";

const processor = (): string => `${processorName()}, Node ${process.versions.node}`;

const limitText = ({ perSecond, by }: Limit, unit: string): string =>
  `${formatUnit(perSecond, unit)} (${by})`;

/** The limits of the machine, then a table of all rows. */
export function formatBench({ limits, rows }: BenchResult, threads: number): string {
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
  ].join("\n");
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
