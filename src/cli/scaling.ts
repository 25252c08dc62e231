import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../core/errors.ts";
import { formatBytes, formatNumber } from "../core/units.ts";
import { writeMeasured } from "../runs/tables.ts";
import { scalingFigure } from "../studies/scaling/figure.ts";
import { rowColumns, scalingRows, scalingSummaries, summaryColumns } from "../studies/scaling/fit.ts";
import type { ScalingRow, ScalingSummary } from "../studies/scaling/fit.ts";
import { measureScaling, shape } from "../studies/scaling/measure.ts";
import type { ScalingTimes } from "../studies/scaling/measure.ts";
import { defaultEngine, engineNames, loadEngine } from "../engines/registry.ts";
import { exitCodeOf } from "./exit.ts";
import { integer } from "./options/values.ts";
import { startProgress } from "./print/progress.ts";
import { formatTable } from "./print/table.ts";

/** Times over length, and what they are to answer. */
export interface Scaling {
  /** name of its folder in results/ */
  readonly name: string;
  readonly question: string;
  /** variant specs; dense among them, with which the others are compared */
  readonly variants: readonly string[];
  /** tokens, ascending */
  readonly lengths: (full: boolean) => readonly number[];
}

/** Rounds over the variants of a length, and seconds of queries for each in all of them. */
const rounds = 3;
const seconds = 0.9;

/** Measures times over length as the program that this script is. */
export async function scaling({ name, question, variants, lengths }: Scaling): Promise<void> {
  const program = new Command(name)
    .description(question)
    .exitOverride()
    .option(
      "--full",
      `all lengths, into results/${name}; the shorter, into results/local/${name}, when absent`,
    )
    .option("--out <folder>", "folder of the results")
    .option("--engine <name>", `numeric engine: ${engineNames.join(", ")}`, defaultEngine)
    .option("--threads <n>", "kernel threads", integer(1), availableParallelism())
    .option("--json", "print the summary as JSON")
    .action(async ({ full = false, out, engine, threads, json }) => {
      const asked = lengths(full);
      checkMemory(Math.max(...asked));
      const ops = await loadEngine(engine, { threads });
      const steps = asked.length * variants.length;
      const progress = startProgress(steps, steps, "variants and lengths");
      const all: ScalingTimes[] = [];
      try {
        measureScaling(ops, { variants, lengths: asked, rounds, seconds }, (times) => {
          all.push(times);
          progress.advance(1);
        });
      } finally {
        progress.stop();
        ops.close();
      }
      const [rows, summaries] = [scalingRows(all), scalingSummaries(all)];
      const folder = out ?? join("results", ...(full ? [] : ["local"]), name);
      const paths = await writeMeasured(folder, {
        name,
        question,
        tables: [
          table("data", "one row a variant and length", rowColumns, rows, ["variant", "tokens"]),
          table("summary", "one row a variant", summaryColumns, summaries, ["variant"]),
        ],
        figures: { [name]: scalingFigure(rows, engine, threads) },
        manifest: { engine, threads, rounds, shape },
      });
      console.log(json ? JSON.stringify(summaries, null, 2) : layOut(summaries));
      for (const path of paths) console.error(path);
    });
  process.exitCode = await exitCodeOf(() => program.parseAsync());
}

const table = (
  name: string,
  title: string,
  columns: typeof rowColumns,
  rows: readonly (ScalingRow | ScalingSummary)[],
  primaryKey: readonly string[],
) => ({ name, title, columns, rows, primaryKey });

/** @throws UsageError before any work where K, V and an index cannot fit in memory */
function checkMemory(tokens: number): void {
  const needed = tokens * (2 * shape.kvHeads + 1) * shape.headDim * Float32Array.BYTES_PER_ELEMENT;
  const allowed = 0.8 * process.availableMemory();
  if (needed > allowed)
    throw new UsageError(
      `not enough memory for ${tokens} tokens: they need ${formatBytes(needed)}, allowed are ${formatBytes(allowed)}`,
    );
}

const layOut = (summaries: readonly ScalingSummary[]): string =>
  formatTable(
    [
      "variant",
      "exponent",
      "95% interval",
      "predicted",
      "times faster than dense",
      "95% interval",
      "predicted",
    ],
    summaries.map((row) => [
      row.variant,
      row.exponent.toFixed(2),
      `${row.exponentLow.toFixed(2)} to ${row.exponentHigh.toFixed(2)}`,
      row.predictedExponent.toFixed(2),
      formatNumber(row.speedUp),
      `${formatNumber(row.speedUpLow)} to ${formatNumber(row.speedUpHigh)}`,
      formatNumber(row.predictedSpeedUp),
    ]),
  );
