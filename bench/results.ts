import { writeMeasured } from "../src/runs/tables.ts";
import type { BenchResult, BenchRow } from "../src/engines/bench/bench.ts";
import type { Column } from "../src/core/table.ts";
import { version } from "../src/version.ts";
import { benchFigure } from "./figure.ts";

const question =
  "How fast are the engines on the workloads of long contexts, and how close to the machine's limits?";

type Documented = Omit<Column, "name">;

const ms = (doc: string): Documented => ({ type: "number", doc, unit: "ms" });
const number = (doc: string, unit?: string): Documented => ({ type: "number", doc, ...(unit && { unit }) });

const documented: Readonly<Record<keyof BenchRow, Documented>> = {
  workload: { type: "string", doc: "what was computed: kind, queries, rows x width, all in float32" },
  engine: { type: "string", doc: "engine, or a peer that is none: torch, numpy, tfjs-wasm" },
  threads: { type: "integer", doc: "threads that it ran on" },
  ms: ms("time of a call: median over the rounds of each round's median; empty where the result was wrong"),
  msLow: ms("the same of the fastest round"),
  msHigh: ms("the same of the slowest round"),
  gbps: number("bytes that must be moved at least, over time", "GB/s"),
  gflops: number("multiplications and additions, over time", "GFLOP/s"),
  ofBandwidth: number("share of the read bandwidth measured in the same run; above 1 where caches serve"),
  ofFlops: number("share of the highest arithmetic rate measured in the same run"),
  error: number("distance from float64, relative to the largest number of the result"),
};

const columns: readonly Column[] = Object.entries(documented).map(([name, column]) => ({ name, ...column }));

/** Four digits, which is more than two runs have in common. */
const rounded = (row: BenchRow): BenchRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === "number" ? Number(value.toPrecision(4)) : (value as string | null),
    ]),
  ) as unknown as BenchRow;

/** Writes data.csv, its datapackage.json, manifest.json and the figure. Returns the figure's paths. */
export const writeBench = (
  folder: string,
  { limits, rows }: BenchResult,
  settings: { readonly threads: number; readonly rounds: number; readonly versions: object },
): Promise<string[]> => {
  const { versions, ...rest } = settings;
  return writeMeasured(folder, {
    name: "bench",
    question,
    tables: [
      {
        name: "data",
        title: "one row a workload and engine",
        columns,
        rows: rows.map((row) => ({ ...rounded(row) })),
        primaryKey: ["workload", "engine"],
      },
    ],
    figures: { bench: benchFigure(rows, limits, settings.threads) },
    manifest: { versions: { attnsim: version, node: process.versions.node, ...versions }, ...rest, limits },
  });
};
