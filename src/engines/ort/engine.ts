import type { Tensor } from "../../core/tensor.ts";
import type { Ops, Table } from "../ops.ts";
import { overMemory } from "../over-memory.ts";
import { borrowedMemory } from "../spaces.ts";
import { attend } from "./attention.ts";
import { defaultLimits } from "./context.ts";
import type { OrtContext } from "./context.ts";
import { boundScores, reluScores, scores } from "./index-scores.ts";
import { loadOrt } from "./load.ts";
import type { Ort } from "./load.ts";
import { Runtime } from "./runtime.ts";

export { ortStatus } from "./load.ts";

export interface OrtSettings {
  readonly threads: number;
  /** the engine whose spaces it lends */
  readonly memory: Ops;
  /** does the work at which ONNX Runtime is no faster, over the same memory */
  readonly fallback: Ops;
}

/**
 * Attention on ONNX Runtime (onnxruntime-node) over the memory of another engine, which makes the data.
 *
 * @throws the error of loading onnxruntime-node; `ortStatus` says whether it can be used
 */
export const ortEngine = (settings: OrtSettings): Ops => ortOver(loadOrt(), settings);

/**
 * Matrix products of several queries on ONNX Runtime, on tensors in the memory of another engine; `fallback` does the
 * rest. ONNX Runtime is no faster if every number is used once (few queries, listed rows, means, bounds), or if it
 * needs ranges row by row (softmax, the largest scores).
 */
export function ortOver(ort: Ort, { threads, memory, fallback }: OrtSettings, limits = defaultLimits): Ops {
  const { space, empty } = borrowedMemory(memory);
  const runtime = new Runtime(ort, threads);
  const context: OrtContext = { runtime, limits, empty };
  const few = (queries: Tensor): boolean => queries.shape[0]! < limits.fewest;
  const own = overMemory(memory, {
    name: "ort",
    threads,
    space,
    attend: (queries, keys: Table<Tensor>, values: Table<Tensor>, options) =>
      few(queries) || options.rows
        ? fallback.attend(queries, keys, values, options)
        : attend(context, { queries, keys, values }, options),
    scores: (queries, table: Table<Tensor>) =>
      few(queries) ? fallback.scores(queries, table) : scores(context, queries, table),
    scoresAt: (queries, table, rows) => fallback.scoresAt(queries, table, rows),
    reluScores: (queries, weights, table: Table<Tensor>) =>
      few(queries)
        ? fallback.reluScores(queries, weights, table)
        : reluScores(context, queries, weights, table),
    boundScores: (queries, bounds: Table<Tensor>) =>
      few(queries) ? fallback.boundScores(queries, bounds) : boundScores(context, queries, bounds),
    softmax: (of, visible, scale) => fallback.softmax(of, visible, scale),
    topK: (of, k, visible) => fallback.topK(of, k, visible),
    blockMean: (rows, block, stride) => fallback.blockMean(rows, block, stride),
    pageMinMax: (rows, page) => fallback.pageMinMax(rows, page),
  });
  return {
    ...own,
    close() {
      runtime.close();
      own.close();
    },
  };
}
