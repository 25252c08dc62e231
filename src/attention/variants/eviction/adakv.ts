import { choice, int, real } from "../../../core/params.ts";
import type { Ops } from "../../../engines/ops.ts";
import { pooledAlike, readsKept } from "../../mean-field/kept.ts";
import { scoresMemory } from "../../parts/chunks.ts";
import {
  attendKept,
  best,
  budgetParam,
  guaranteed,
  keptCost,
  largestOfAll,
  queryAwareParam,
  retainedByAll,
} from "../../parts/kept.ts";
import type { Kept } from "../../parts/kept.ts";
import { pooled, voteSums } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Ada-KV: SnapKV's votes with a budget that the heads of a layer share; a head that attends to many keys keeps more.
 *
 * Feng et al. 2024, arXiv 2407.11550; code FFY0/AdaKV and NVIDIA/kvpress (adakv_press.py). The paper and its code mix
 * two budgets of a head: its number of votes among the layer's largest, and an even share. kvpress first gives every
 * head its part of an even share, and then takes the largest votes that are left. Defaults: the mixture, with a part of
 * .2 for the even share; window 64 and pool 5. The prompt itself is read densely.
 */
export const adakv = defineVariant({
  name: "adakv",
  family: "eviction",
  summary: "SnapKV with one budget that the heads compete for (Ada-KV)",
  formula: [
    "vote_ht = sum over the last `window` queries of softmax(q K^T)_t of head h, average-pooled over `pool` tokens",
    "room = budget - window; n_h = number of head h's votes among the heads x room largest of all heads",
    "kept = each head's last `window` and its round((1 - floor) n_h + floor room) largest votes",
    "division guaranteed: its last `window` and its largest votes, floor x budget together; then of all other votes the largest, up to heads x budget in all",
    "o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "Ada-KV: Optimizing KV Cache Eviction by Adaptive Budget Allocation",
      url: "https://arxiv.org/abs/2407.11550",
      where: "section 3, algorithm 1",
    },
    {
      title: "FFY0/AdaKV",
      url: "https://github.com/FFY0/AdaKV",
      where: "adaptive_snapkv/monkeypatch/snapkv_utils.py, AdaptiveSnapKVCluster",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/adakv_press.py",
    },
  ],
  differs: [
    "Votes are averaged over a group's query heads, and the group keeps one set, as in kvpress and with the authors' gqa_support; without it their code keeps keys for each query head.",
    "Votes are average-pooled; the authors' runs take maxima over 7 tokens, with a window of 32.",
  ],
  params: {
    budget: budgetParam("tokens kept in the mean over heads, the window included"),
    window: int("last queries that vote, whose tokens are always kept", { default: 64, min: 1 }),
    pool: int("tokens over which votes are averaged", { default: 5, min: 1 }),
    floor: real("part of an even share that every head keeps", {
      default: 0.2,
      min: 0,
      max: 1,
      sweep: [0, 0.2, 0.5, 1],
    }),
    division: choice(
      "how heads divide the budget: mixed, as in the paper and its code, or with a guaranteed part, as in kvpress",
      ["mixed", "guaranteed"],
      { default: "mixed" },
    ),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 200, window: 10 },
  adaptive:
    "the budget: shares of heads are rounded, so that a head keeps half a token more or fewer in the mean",
  prepare(cache, { budget, window, pool, floor, division, queryAware }, ops): readonly Kept[] {
    return retainedByAll(
      cache,
      { budget, recent: window, queryAware },
      (from) => {
        const queries = cache.observed(window, queryAware);
        return cache.heads.map((_, h) => pooled(voteSums({ queries, cache, h, ops }, from), pool));
      },
      {
        divide:
          division === "mixed"
            ? (votes, room) => mixed(votes, { room, floor }, ops)
            : guaranteed({ budget, floor }, ops),
        ops,
      },
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

/** Rows of each head's largest votes: between its number among the largest of all heads and an even share. */
const mixed = (
  votes: readonly Float64Array[],
  { room, floor }: { readonly room: number; readonly floor: number },
  ops: Ops,
): Int32Array[] =>
  largestOfAll(votes, room, ops).map(({ length }, h) =>
    best(votes[h]!, roundToEven(length * (1 - floor) + Math.floor(room * floor)), ops),
  );

/** The nearest integer, the even one of two, as torch.round. */
function roundToEven(x: number): number {
  const below = Math.floor(x);
  return x - below === 0.5 ? below + (below % 2) : Math.round(x);
}
