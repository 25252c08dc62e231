import type { Tensor } from "../../core/tensor.ts";
import { fastest } from "./table.ts";
import type { CallKind, TimedCall, CallSizes } from "./table.ts";
import type { AttendOptions, Ops } from "../ops.ts";
import { overMemory } from "../over-memory.ts";

/**
 * Sends each call to the engine that a table names as the fastest for its kind and shape. The engines work over one
 * memory; `memory`, the last engine made over it, knows all of it and always does the data, rounding and packed rows.
 *
 * @param engines the first takes the calls that are not in the table
 */
export function autoOver(engines: readonly Ops[], memory: Ops, table: readonly TimedCall[]): Ops {
  const first = engines[0]!;
  const byName = new Map(engines.map((engine) => [engine.name, engine]));
  const names = [...byName.keys()];
  const choose = (kind: CallKind, sizes: CallSizes): Ops => byName.get(fastest(table, names, kind, sizes))!;
  const sizesOf = ({ shape: [queries, width] }: Tensor, rows: number): CallSizes => [queries!, rows, width!];
  return overMemory(memory, {
    name: "auto",
    threads: memory.threads,
    space: (label) => memory.space(label),
    attend(queries, keys, values, options) {
      const { kind, rows } = attendCall(options, keys.tensor.shape[0]);
      return choose(kind, sizesOf(queries, rows)).attend(queries, keys, values, options);
    },
    scores: (queries, table) =>
      choose("scores", sizesOf(queries, table.tensor.shape[0])).scores(queries, table),
    scoresAt: (queries, table, rows) => first.scoresAt(queries, table, rows),
    reluScores: (queries, weights, table) =>
      choose("reluScores", sizesOf(queries, table.tensor.shape[0])).reluScores(queries, weights, table),
    boundScores: (queries, bounds) => first.boundScores(queries, bounds),
    softmax: (scores, visible, scale) => first.softmax(scores, visible, scale),
    topK: (scores, k, visible) =>
      choose("topK", [scores.shape[0]!, scores.shape[1]!, k]).topK(scores, k, visible),
    blockMean: (rows, block, stride) =>
      choose("blockMean", [rows.shape[0], rows.shape[1], block]).blockMean(rows, block, stride),
    pageMinMax: (rows, page) => first.pageMinMax(rows, page),
  });
}

/** Mean share of the rows that queries see, below which a call counts as causal. In a whole prefill it is half. */
const causalBelow = 0.75;

function attendCall({ visible, rows }: AttendOptions, n: number): { kind: CallKind; rows: number } {
  if (rows) return { kind: "listed", rows: rows.rows.length / Math.max(1, visible.length) };
  let [most, sum] = [0, 0];
  for (const end of visible) {
    const seen = Math.min(n, Math.max(0, end));
    most = Math.max(most, seen);
    sum += seen;
  }
  return { kind: sum < causalBelow * most * visible.length ? "causal" : "attend", rows: most };
}
