import { UsageError } from "../../core/errors.ts";
import { formatBytes } from "../../core/units.ts";
import { loadEngine } from "../../engines/registry.ts";
import type { Watch } from "../../runs/watch.ts";
import { version } from "../../version.ts";
import { finishMeasured } from "../study.ts";
import type { Study } from "../study.ts";
import { scalingRows, scalingSummaries } from "./exponents.ts";
import { scalingFigure } from "./figure.ts";
import { measureScaling, shape } from "./measure.ts";
import type { ScalingTimes } from "./measure.ts";
import { exponentsTable, timesTable } from "./tables.ts";
import type { ScalingSummary } from "./tables.ts";

/** Rounds over the variants of a length, and seconds of queries of each variant in all rounds. */
const rounds = 3;
const seconds = 0.9;

export interface ScalingOptions {
  readonly name: string;
  readonly question: string;
  /** variant specs; they include dense, which the others are compared with */
  readonly variants: readonly string[];
  /** tokens, ascending */
  readonly lengths: readonly number[];
  readonly engine: string;
  /** kernel threads */
  readonly threads: number;
  /** folder of the results */
  readonly out: string;
  /** options of the study, for the manifest */
  readonly config: object;
}

/**
 * Measures the time of queries over context length on this machine, and its growth.
 *
 * @throws UsageError for an engine that cannot be used here, and for lengths that do not fit in memory
 */
export async function runScaling(
  options: ScalingOptions,
  watch: Watch,
): Promise<Study<readonly ScalingSummary[]>> {
  const { name, question, variants, lengths, engine, threads, out, config } = options;
  checkMemory(Math.max(...lengths));
  const ops = await loadEngine(engine, { threads });
  const all: ScalingTimes[] = [];
  try {
    watch.steps(lengths.length * variants.length, "variants and lengths", (onStep) =>
      measureScaling(ops, { variants, lengths, rounds, seconds }, (times) => {
        all.push(times);
        onStep();
      }),
    );
  } finally {
    ops.close();
  }
  const [rows, summaries] = [scalingRows(all), scalingSummaries(all)];
  const results = {
    name,
    question,
    tables: [timesTable(rows), exponentsTable(summaries)],
    figures: { [name]: scalingFigure(rows, engine, threads) },
    manifest: { config, rounds, shape, versions: { attnsim: version } },
  };
  return finishMeasured(summaries, results, out);
}

/** @throws UsageError when K, V and an index do not fit in memory */
function checkMemory(tokens: number): void {
  const needed = tokens * (2 * shape.kvHeads + 1) * shape.headDim * Float32Array.BYTES_PER_ELEMENT;
  const allowed = 0.8 * process.availableMemory();
  if (needed > allowed)
    throw new UsageError(
      `not enough memory for ${tokens} tokens: they need ${formatBytes(needed)}, allowed are ${formatBytes(allowed)}`,
    );
}
