import { availableParallelism } from "node:os";
import { UsageError } from "../../core/errors.ts";
import { formatBytes, formatNumber } from "../../core/units.ts";
import { writeMeasured } from "../../runs/tables.ts";
import { scalingFigure } from "../../studies/scaling/figure.ts";
import { rowColumns, scalingRows, scalingSummaries, summaryColumns } from "../../studies/scaling/fit.ts";
import type { ScalingRow, ScalingSummary } from "../../studies/scaling/fit.ts";
import { measureScaling, shape } from "../../studies/scaling/measure.ts";
import type { ScalingTimes } from "../../studies/scaling/measure.ts";
import { defaultEngine, engineNames, loadEngine } from "../../engines/registry.ts";
import { version } from "../../version.ts";
import { withResultOptions } from "../options/results.ts";
import { integer } from "../options/values.ts";
import { watch } from "../print/watch.ts";
import { formatTable } from "../print/table.ts";
import { resultsFolder } from "./experiment.ts";
import type { Answer } from "./experiment.ts";

/** Times of queries over context lengths. */
export interface TimesOptions {
  /** variant specs; dense among them, with which the others are compared */
  readonly variants: readonly string[];
  /** tokens, ascending */
  readonly lengths: (full: boolean) => readonly number[];
}

/** Rounds over the variants of a length, and seconds of queries for each in all of them. */
const rounds = 3;
const seconds = 0.9;

/** Answers a question by times that are measured on this machine. */
export const times = ({ variants, lengths }: TimesOptions): Answer => ({
  define(program, { name, question }) {
    withResultOptions(program)
      .option("--engine <name>", `numeric engine: ${engineNames.join(", ")}`, defaultEngine)
      .option("--threads <n>", "kernel threads", integer(1), availableParallelism())
      .action(async ({ full = false, out = resultsFolder(name, full), engine, threads, json, dryRun }) => {
        const asked = lengths(full);
        const steps = asked.length * variants.length;
        if (dryRun) {
          console.log(`${steps} variants and lengths for ${out}`);
          return;
        }
        checkMemory(Math.max(...asked));
        const ops = await loadEngine(engine, { threads });
        const all: ScalingTimes[] = [];
        try {
          watch.steps(steps, "variants and lengths", (onStep) =>
            measureScaling(ops, { variants, lengths: asked, rounds, seconds }, (measured) => {
              all.push(measured);
              onStep();
            }),
          );
        } finally {
          ops.close();
        }
        const [rows, summaries] = [scalingRows(all), scalingSummaries(all)];
        const paths = await writeMeasured(out, {
          name,
          question,
          tables: [
            table("data", "one row a variant and length", rowColumns, rows, ["variant", "tokens"]),
            table("summary", "one row a variant", summaryColumns, summaries, ["variant"]),
          ],
          figures: { [name]: scalingFigure(rows, engine, threads) },
          manifest: { config: { full, engine, threads }, rounds, shape, versions: { attnsim: version } },
        });
        console.log(json ? JSON.stringify(summaries, null, 2) : layOut(summaries));
        for (const path of paths) console.error(path);
      });
  },
});

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
