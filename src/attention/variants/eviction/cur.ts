import { int } from "../../../core/params.ts";
import { dot, rowNumbers } from "../../../core/tensor.ts";
import type { Rows } from "../../../core/tensor.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { defineVariant } from "../../variant.ts";

/**
 * CurDKV: keeps the tokens whose keys and values are long beside their neighbours'; no queries are needed.
 *
 * Sengupta et al. 2025, arXiv 2509.15038; code NVIDIA/kvpress (cur_press.py): approximate leverage scores, which are
 * shares of the squared norms in windows of 16 tokens, of keys times those of values. Defaults: its own, 4 sinks. The
 * prompt itself is read densely. `queryAware` decides whether the question's tokens compete too; otherwise they are
 * kept.
 */
export const cur = defineVariant({
  name: "cur",
  family: "eviction",
  summary: "keeps tokens whose keys and values are long beside their neighbours' (CurDKV)",
  formula: [
    "score_t = |k_t|^2 |v_t|^2 / (sum of |k|^2 sum of |v|^2 over its `local` tokens)",
    "kept = `sinks` and the tokens of largest score; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "Value-Guided KV Compression for LLMs via Approximated CUR Decomposition",
      url: "https://arxiv.org/abs/2509.15038",
      where: "section 3",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/cur_press.py",
    },
  ],
  differs: [
    "Squared norms stand for leverage scores, as in kvpress's defaults; the paper computes them after a random projection.",
  ],
  params: {
    budget: budgetParam("tokens kept, the sinks included"),
    sinks: int("first tokens that are always kept", { default: 4, min: 0 }),
    local: int("tokens among which norms are compared", { default: 16, min: 1, sweep: [4, 16, 64] }),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 180 },
  prepare: (cache, { budget, sinks, local, queryAware }, ops) =>
    retained(
      cache,
      { budget, recent: 0, queryAware },
      (h, from) => {
        const { keys, values } = cache.heads[h]!;
        const ofValues = localShares(values.tensor, from, local);
        return localShares(keys.tensor, from, local)
          .map((share, t) => share * ofValues[t]!)
          .fill(Infinity, 0, sinks);
      },
      ops,
    ),
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  noMeanField:
    "long keys have large logits too, so that those that are kept are no fair sample of the scores",
});

/** (count) the share of each row's squared norm in that of its `local` rows. */
function localShares(rows: Rows, count: number, local: number): Float64Array {
  const squares = Float64Array.from({ length: count }, (_, t) => {
    const row = rowNumbers(rows, t);
    return dot(row, row);
  });
  for (let start = 0; start < count; start += local) {
    const own = squares.subarray(start, start + local);
    const sum = own.reduce((a, b) => a + b, 0);
    for (let i = 0; i < own.length; i++) own[i] = sum > 0 ? own[i]! / sum : 0;
  }
  return squares;
}
