import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Piscina } from "piscina";
import type { Backend } from "../../learned/autograd.ts";
import { hasEnded, trainReader } from "../../learned/run.ts";
import type { TrainState } from "../../learned/train.ts";
import { workerArguments } from "../../files/load.ts";
import type { LearnedCell } from "./grid.ts";
import type { TrainTask } from "./worker.ts";

/** Resources of a training of many readers. */
export interface CellsRun {
  /** folder of the cells' checkpoints, by which a run goes on where it ended */
  readonly folder: string;
  readonly workers: number;
  /** minutes after which no further training is begun; default: none */
  readonly minutes?: number | undefined;
  readonly backend?: Backend | undefined;
}

/** A cell and its trained reader. */
export interface TrainedCell {
  readonly cell: LearnedCell;
  readonly state: TrainState;
}

const ownWorker = new URL(import.meta.url.endsWith(".ts") ? "worker.ts" : "worker.js", import.meta.url);

/**
 * Trains the readers of cells side by side, each in one thread.
 *
 * @param onCell called after each cell
 * @returns the trained cells, in the order given; without those that were not begun in time
 */
export async function trainCells(
  cells: readonly LearnedCell[],
  { folder, workers, minutes = Infinity, backend }: CellsRun,
  onCell: () => void,
): Promise<TrainedCell[]> {
  const pool = new Piscina<TrainTask, void>({
    filename: ownWorker.href,
    minThreads: 1,
    maxThreads: workers,
    idleTimeout: Infinity,
    execArgv: workerArguments(ownWorker),
  });
  // a worker that cannot start would leave its cell waiting
  pool.on("error", () => void pool.destroy());
  const last = performance.now() + 60_000 * minutes;
  const running = new Set<Promise<void>>();
  const begun: LearnedCell[] = [];
  const taskOf = ({ name, settings }: LearnedCell): TrainTask => ({
    settings,
    folder: join(folder, name),
    backend,
  });
  try {
    for (const cell of cells) {
      if (hasEnded(taskOf(cell).folder)) {
        begun.push(cell);
        onCell();
        continue;
      }
      while (running.size >= workers) await Promise.race(running);
      if (performance.now() > last) continue;
      begun.push(cell);
      const work = pool.run(taskOf(cell)).finally(() => {
        running.delete(work);
        onCell();
      });
      running.add(work);
    }
    await Promise.all(running);
  } finally {
    await pool.destroy();
  }
  const trained: TrainedCell[] = [];
  // a finished run reads its checkpoint alone
  for (const cell of begun) trained.push({ cell, state: (await trainReader(taskOf(cell))).state });
  return trained;
}
