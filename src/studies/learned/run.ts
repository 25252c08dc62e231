import { availableParallelism } from "node:os";
import { join } from "node:path";
import { loadEngine } from "../../engines/registry.ts";
import { loadAutograd } from "../../learned/autograd.ts";
import type { Backend } from "../../learned/autograd.ts";
import { claimFolder } from "../../runs/claim.ts";
import type { Watch } from "../../runs/watch.ts";
import { version } from "../../version.ts";
import { finishStudy } from "../study.ts";
import type { Study } from "../study.ts";
import { depthFigure, lengthFigure, widthFigure } from "./figures.ts";
import { gridCells } from "./grid.ts";
import type { GridSize } from "./grid.ts";
import { keptScores } from "./kept-scores.ts";
import { measuredAt } from "./lengths.ts";
import type { SwapScore } from "./lengths.ts";
import { readOff } from "./read-off.ts";
import { predictionErrors } from "./result.ts";
import type { LearnedAnswer } from "./result.ts";
import { cellScores } from "./scores.ts";
import { cellsTable, curvesTable, lengthsTable, readOffTable } from "./tables.ts";
import { trainCells } from "./train-cells.ts";

const name = "learned";
const question = "Does the constructed reader predict what small trained transformers do?";

export interface LearnedOptions {
  readonly size: GridSize;
  /** folder of the checkpoints */
  readonly cells: string;
  /** default: one a core */
  readonly workers?: number | undefined;
  /** minutes after which no further training is begun; default: none */
  readonly minutes?: number | undefined;
  readonly backend?: Backend | undefined;
  readonly out: string;
  readonly force?: boolean | undefined;
}

/** Lengths in tokens at which attention is swapped. */
const measuredLengths = { part: [256, 1024, 4096], full: [256, 1024, 4096, 8192] } as const;

/** Sequences of each length. */
const problems = 20;

/**
 * Trains a grid of readers, or goes on with it, and compares the trained readers with the constructed one.
 *
 * @throws UsageError for a folder that holds other results
 */
export async function runLearned(options: LearnedOptions, watch: Watch): Promise<Study<LearnedAnswer>> {
  const { size, cells: folder, minutes, backend, out, force } = options;
  const { workers = availableParallelism() } = options;
  const [cells, lengths] = [gridCells(size), measuredLengths[size]];
  const config = { size, lengths, problems };
  claimFolder(out, { name, config, force });
  const trained = await watch.steps(cells.length, "readers", (onCell) =>
    trainCells(cells, { folder, workers, minutes, backend }, onCell),
  );
  const tf = await loadAutograd(backend);
  const scores = trained.flatMap((cell) => cellScores(tf, cell));
  const own = trained.filter(({ cell }) => cell.question === "length");
  const measured = await Promise.all(
    own.map(async (cell) => ({ ...cell, measured: await readOff(tf, cell, join(folder, cell.cell.name)) })),
  );
  const ops = await loadEngine("wasm", { threads: 1 });
  const swapped: SwapScore[] = [];
  try {
    watch.steps(own.length * measuredAt(lengths), "lengths and variants", (onStep) => {
      for (const cell of measured)
        swapped.push(
          ...keptScores(
            tf,
            cell,
            { lengths, problems, ops },
            { folder: join(folder, cell.cell.name), onStep },
          ),
        );
    });
  } finally {
    ops.close();
  }
  const readOffs = measured.map((each) => each.measured);
  const answer: LearnedAnswer = {
    cells: cells.length,
    missing: cells.length - trained.length,
    scores,
    readOffs,
    lengths: swapped,
    errors: predictionErrors(swapped),
  };
  return finishStudy(
    answer,
    {
      name,
      question,
      tables: [cellsTable(scores), curvesTable(trained), readOffTable(readOffs), lengthsTable(swapped)],
      figures: {
        width: widthFigure(scores),
        depth: depthFigure(scores),
        ...Object.fromEntries(
          own.map(({ cell: { settings } }) => [
            `length-${settings.task.tokens}`,
            lengthFigure(swapped, settings.task.tokens),
          ]),
        ),
      },
      manifest: {
        config,
        backend: tf.getBackend(),
        cells: cells.length,
        trained: trained.length,
        versions: { attnsim: version },
      },
    },
    out,
  );
}
