import { int } from "../../../core/params.ts";
import { rowNumbers } from "../../../core/tensor.ts";
import type { Rows } from "../../../core/tensor.ts";
import type { HeadCache } from "../../cache.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained, split } from "../../parts/kept.ts";
import { defineVariant } from "../../variant.ts";

/**
 * LagKV: scores the tokens of a partition by how unevenly their channels lie in the ranges of the next partition; no
 * queries are needed.
 *
 * Liang et al. 2025, arXiv 2504.04704; code NVIDIA/kvpress (lagkv_press.py, without cross scoring). Defaults: 4 sinks,
 * partitions of 128 tokens. The last whole partition and what follows it are kept. A prompt too short for two partitions
 * keeps the sinks and its last tokens. The prompt itself is read densely. `queryAware` decides whether the question's
 * tokens are part of the partitions; otherwise they are kept.
 */
export const lagkv = defineVariant({
  name: "lagkv",
  family: "eviction",
  summary: "keeps the tokens that are odd beside the partition after theirs (LagKV)",
  formula: [
    "u_tc = (x_tc - min_c) / (max_c - min_c), with minimum and maximum over the next partition, for keys and values apart",
    "score_t = mean over keys and values of softmax over the partition of std over channels of u_t",
    "kept = `sinks`, the last partition, and the tokens of highest rank in their partitions; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "LagKV: Lag-Relative Information of the KV Cache Tells Which Tokens Are Important",
      url: "https://arxiv.org/abs/2504.04704",
      where: "section 3",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/lagkv_press.py",
    },
  ],
  differs: [
    "A channel that is the same in the whole next partition counts as 0; in kvpress it divides by 0.",
    "Of equal ranks in several partitions the earliest are kept; kvpress leaves the choice to its sorting.",
  ],
  params: {
    budget: budgetParam("tokens kept, the sinks and the last partition included"),
    sinks: int("first tokens that are always kept", { default: 4, min: 0 }),
    lag: int("tokens of a partition", { default: 128, min: 2, sweep: [32, 64, 128, 256] }),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 180, lag: 20 },
  prepare(cache, { budget, sinks, lag, queryAware }, ops) {
    const { end } = split(cache, { budget, recent: 0, queryAware });
    const isShort = end < sinks + 2 * lag;
    const recent = isShort ? 0 : lag + ((end - sinks) % lag);
    return retained(
      cache,
      { budget, recent, queryAware },
      (h, from) =>
        isShort
          ? Float64Array.from({ length: from }, (_, t) => (t < sinks ? Infinity : t))
          : ranks(cache.heads[h]!, { from, sinks, lag }),
      ops,
    );
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  noMeanField: "ranks follow from extremes of keys and values in a partition, which have no closed form",
});

/** (from) the rank of each token among its partition's, from 0; sinks come before all. */
function ranks(
  { keys, values }: HeadCache,
  { from, sinks, lag }: { readonly from: number; readonly sinks: number; readonly lag: number },
): Float64Array {
  const out = new Float64Array(from).fill(Infinity, 0, sinks);
  for (let start = sinks; start < from; start += lag) {
    const ofKeys = oddness(keys.tensor, start, lag);
    const ofValues = oddness(values.tensor, start, lag);
    const scores = ofKeys.map((score, i) => score + ofValues[i]!);
    const ascending = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]! || a - b);
    ascending.forEach((i, rank) => {
      out[start + i] = rank;
    });
  }
  return out;
}

/**
 * (lag) softmax over the tokens [start, start + lag) of the standard deviation over channels of their rows, each channel
 * in units of its range in the next `lag` tokens.
 */
function oddness(rows: Rows, start: number, lag: number): Float64Array {
  const width = rows.shape[1];
  const least = new Float64Array(width).fill(Infinity);
  const most = new Float64Array(width).fill(-Infinity);
  for (let t = start + lag; t < start + 2 * lag; t++) {
    const row = rowNumbers(rows, t);
    for (let c = 0; c < width; c++) {
      least[c] = Math.min(least[c]!, row[c]!);
      most[c] = Math.max(most[c]!, row[c]!);
    }
  }
  const exponentials = Float64Array.from({ length: lag }, (_, i) => {
    const placed = rowNumbers(rows, start + i).map((x, c) =>
      most[c]! > least[c]! ? (x - least[c]!) / (most[c]! - least[c]!) : 0,
    );
    return Math.exp(deviation(placed));
  });
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((x) => x / sum);
}

/** Standard deviation, of n - 1 degrees of freedom as torch has it. */
function deviation(numbers: Float32Array | Float64Array): number {
  const n = numbers.length;
  let sum = 0;
  for (const x of numbers) sum += x;
  let squares = 0;
  for (const x of numbers) squares += (x - sum / n) ** 2;
  return Math.sqrt(squares / Math.max(1, n - 1));
}
