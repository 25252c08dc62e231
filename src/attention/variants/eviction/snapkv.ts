import { int } from "../../../core/params.ts";
import { pooledAlike, readsKept } from "../../mean-field/kept.ts";
import { scoresMemory } from "../../parts/chunks.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { pooled, voteSums } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/**
 * SnapKV: when the prompt has been read, each head keeps the keys that the prompt's last queries attended to, and
 * the last ones; the others are gone for good.
 *
 * Li et al. 2024, arXiv 2404.14469; code FasterDecoding/SnapKV (snapkv_utils.py) and NVIDIA/kvpress. Votes are the
 * attention weights of the last `window` queries, summed, average-pooled over `pool` tokens, and averaged over a
 * group's query heads as kvpress does (the source keeps keys for each query head). Defaults: budget 2048 and pool 5 as
 * the source sets them, window 64 as in the paper's experiments and kvpress. The prompt itself is read densely.
 * `queryAware` decides whether the last queries are those of the question or end the context before it. In the second
 * case the question's own keys, which come later, are kept too, within the budget. If the budget is no larger than the
 * window, the last tokens of the budget stay.
 */
export const snapkv = defineVariant({
  name: "snapkv",
  family: "eviction",
  summary: "keeps what the prompt's last queries attended to, evicts the rest (SnapKV)",
  formula: [
    "vote_t = sum over the last `window` queries of softmax(q K^T)_t, average-pooled over `pool` tokens",
    "kept = the budget - window tokens of largest vote and the last `window`; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "SnapKV: LLM Knows What You are Looking for Before Generation",
      url: "https://arxiv.org/abs/2404.14469",
      where: "section 4, listing 1",
    },
    {
      title: "FasterDecoding/SnapKV",
      url: "https://github.com/FasterDecoding/SnapKV",
      where: "snapkv/monkeypatch/snapkv_utils.py",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/snapkv_press.py",
    },
  ],
  differs: [
    "Votes are averaged over a group's query heads, and the group keeps one set, as in kvpress; the authors' code keeps keys for each query head.",
  ],
  params: {
    budget: budgetParam("tokens kept, the window included"),
    window: int("last queries that vote, whose tokens are always kept", {
      default: 64,
      min: 1,
      sweep: [16, 32, 64, 128],
    }),
    pool: int("tokens over which votes are averaged", { default: 5, min: 1, sweep: [1, 3, 5, 7, 13] }),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 200, window: 10 },
  prepare(cache, { budget, window, pool, queryAware }, ops) {
    const voters = cache.observed(window, queryAware);
    return retained(
      cache,
      { budget, recent: window, queryAware },
      (h, from) => pooled(voteSums({ queries: voters, cache, h, ops }, from), pool),
      ops,
    );
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  memory: (shape, { window }) => scoresMemory(shape, window),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  meanField: (crowd, { budget, window, pool, queryAware }) => [
    readsKept(crowd, { budget, recent: window, queryAware, alike: pooledAlike(crowd, pool) }),
  ],
});
