import { real } from "../../core/params.ts";
import { rowsOf } from "../../core/tensor.ts";
import type { RowLists } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import { inChunks } from "../parts/chunks.ts";
import { RuledResult } from "../parts/ruled.ts";
import { softmaxRead } from "../parts/softmax-read.ts";
import { WeighedResult } from "../parts/weighed-rows.ts";
import type { WeighedRows } from "../parts/weighed-rows.ts";
import type { Read, SummedResult } from "../read.ts";
import { defineShaping } from "../shaping.ts";

/**
 * alpha-entmax: between softmax (alpha 1) and sparsemax (2). Weights are exactly 0 below a threshold, so that a long
 * tail adds nothing. Keys of weight 0 are read too.
 *
 * Peters, Niculae and Martins 2019, arXiv 1905.05702; for long contexts Vasylenko et al. 2025, arXiv 2506.16640. The
 * threshold is found by bisection, as in deep-spin/entmax.
 */
export const entmax = defineShaping({
  name: "entmax",
  summary: "sparse weights, 0 below a threshold (alpha-entmax)",
  formula: "p_i = max(0, (alpha - 1) z_i - tau)^(1 / (alpha - 1)), tau such that they sum to 1",
  sources: [
    {
      title: "Sparse Sequence-to-Sequence Models",
      url: "https://arxiv.org/abs/1905.05702",
      where: "section 3, equation 10",
    },
    { title: "Long-Context Generalization with Sparse Attention", url: "https://arxiv.org/abs/2506.16640" },
    {
      title: "deep-spin/entmax",
      url: "https://github.com/deep-spin/entmax",
      where: "entmax/root_finding.py",
    },
  ],
  params: {
    alpha: real("1 is softmax, 2 sparsemax", { default: 1.5, min: 1.01, max: 4, sweep: [1.1, 1.25, 1.5, 2] }),
  },
  shape: (queries, { alpha }) => ({ ...queries, rule: (read, ops) => ruled(read, alpha, ops) }),
});

function ruled(read: Read, alpha: number, ops: Ops): SummedResult {
  const softmax = softmaxRead({ ...read, sinkLogit: undefined }, ops);
  const count = read.visible.length;
  const longest = Array.from({ length: count }, (_, i) => softmax.tokensRead(i)).reduce(
    (a, b) => Math.max(a, b),
    0,
  );
  const weighed: WeighedRows[] = [];
  inChunks(count, longest, (from, to) => {
    const lists = listsOf(read, from, to);
    const scores = ops.scoresAt(rowsOf(read.queries, from, to), read.keys, lists);
    for (let i = 0; i < to - from; i++) {
      const [start, stop] = [lists.offsets[i]!, lists.offsets[i + 1]!];
      weighed.push(weigh(lists.rows.subarray(start, stop), scores.subarray(start, stop), read, alpha));
    }
  });
  return new RuledResult(softmax, new WeighedResult(weighed, read.values));
}

/** Rows that query rows [from, to) read. */
function listsOf({ spans, visible }: Read, from: number, to: number): RowLists {
  if (spans) return spans.lists(from, to);
  const offsets = new Int32Array(to - from + 1);
  for (let i = from; i < to; i++) offsets[i - from + 1] = offsets[i - from]! + visible[i]!;
  const rows = new Int32Array(offsets[to - from]!);
  for (let i = from; i < to; i++) for (let t = 0; t < visible[i]!; t++) rows[offsets[i - from]! + t] = t;
  return { offsets, rows };
}

/** The rows of weight above 0, and their weights. @param scores (rows) */
function weigh(
  rows: Int32Array,
  scores: ArrayLike<number>,
  { scale, sinkLogit }: Read,
  alpha: number,
): WeighedRows {
  const factor = scale * (alpha - 1);
  const sink = sinkLogit === undefined ? -Infinity : sinkLogit * (alpha - 1);
  const power = 1 / (alpha - 1);
  let most = sink;
  for (let at = 0; at < rows.length; at++) most = Math.max(most, factor * scores[at]!);
  // the largest weight is at most 1, so tau is at least most - 1, and lower scores have no weight
  const support = [...rows.keys()].filter((at) => factor * scores[at]! > most - 1);
  const values = support.map((at) => factor * scores[at]! - most);
  const sumAt = (tau: number): number =>
    values.reduce((sum, z) => sum + Math.max(0, z - tau) ** power, Math.max(0, sink - most - tau) ** power);
  let [low, high] = [-1, 0];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (sumAt(middle) >= 1) low = middle;
    else high = middle;
  }
  const total = sumAt(low);
  const weights = values.map((z) => Math.max(0, z - low) ** power / total);
  return { rows: Int32Array.from(support, (at) => rows[at]!), weights };
}
