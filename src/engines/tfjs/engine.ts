import type { Tensor } from "../../core/tensor.ts";
import type { Ops, Table } from "../ops.ts";
import { overMemory } from "../over-memory.ts";
import { borrowedMemory } from "../spaces.ts";
import type { Tf } from "./api.ts";
import { attend, softmax } from "./attention.ts";
import { blockMean, pageMinMax } from "./blocks.ts";
import { boundScores, reluScores, scores, scoresAt, topK } from "./index-scores.ts";
import { loadTf } from "./load.ts";
import { defaultLimits } from "./operands.ts";
import type { TfContext } from "./operands.ts";

export { tfjsStatus } from "./load.ts";

/**
 * Attention on TensorFlow (@tensorflow/tfjs-node) over the memory of another engine, which makes the data.
 * TensorFlow takes its threads once per process; `threads` of the engine is their number.
 *
 * @throws the error of loading tfjs-node; `tfjsStatus` says whether it can be used
 */
export function tfjsEngine({ threads, memory }: { threads: number; memory: Ops }): Ops {
  const { tf, threads: taken } = loadTf({ threads });
  return tfjsOver(tf, memory, taken);
}

/** The kernels of `tf` on tensors in the memory of another engine. */
export function tfjsOver(tf: Tf, memory: Ops, threads: number, limits = defaultLimits): Ops {
  const { space, empty } = borrowedMemory(memory);
  const context: TfContext = { tf, limits, empty };
  return overMemory(memory, {
    name: "tfjs",
    threads,
    space,
    attend: (queries, keys: Table<Tensor>, values: Table<Tensor>, options) =>
      attend(context, { queries, keys, values }, options),
    scores: (queries, table: Table<Tensor>) => scores(context, queries, table),
    scoresAt: (queries, table: Table<Tensor>, rows) => scoresAt(context, queries, table, rows),
    reluScores: (queries, weights, table: Table<Tensor>) => reluScores(context, queries, weights, table),
    boundScores: (queries, bounds: Table<Tensor>) => boundScores(context, queries, bounds),
    softmax: (of, visible, scale) => softmax(context, of, visible, scale),
    topK: (of, k, visible) => topK(context, of, k, visible),
    blockMean: (rows: Tensor, block, stride) => blockMean(context, rows, block, stride),
    pageMinMax: (rows: Tensor, page) => pageMinMax(context, rows, page),
  });
}
