import { int, real } from "../../../core/params.ts";
import { pooledAlike, readsKept } from "../../mean-field/kept.ts";
import { attendKept, best, budgetParam, keptCost, queryAwareParam, split } from "../../parts/kept.ts";
import type { Kept } from "../../parts/kept.ts";
import { pooled, voteSums } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Ada-KV: SnapKV's votes with a budget that the heads of a layer share; a head that attends to many keys keeps more.
 *
 * Feng et al. 2024, arXiv 2407.11550; code FFY0/AdaKV and NVIDIA/kvpress (adakv_press.py). Defaults: a floor of .2, the
 * part of its even share that every head keeps; window 64 and pool 5. The prompt itself is read densely.
 */
export const adakv = defineVariant({
  name: "adakv",
  family: "eviction",
  summary: "SnapKV with one budget that the heads compete for (Ada-KV)",
  formula: [
    "vote_ht = sum over the last `window` queries of softmax(q K^T)_t of head h, average-pooled over `pool` tokens",
    "kept = each head's last `window` and its floor x room largest votes, and of all heads' votes the largest, up to heads x room",
    "room = budget - window; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "Ada-KV: Optimizing KV Cache Eviction by Adaptive Budget Allocation",
      url: "https://arxiv.org/abs/2407.11550",
      where: "section 3, algorithm 1",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/adakv_press.py",
    },
  ],
  differs: [
    "Votes are averaged over a group's query heads, and the group keeps one set, as in kvpress; the authors' code keeps keys for each query head.",
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
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 200, window: 10 },
  prepare(cache, { budget, window, pool, floor, queryAware }, ops): readonly Kept[] {
    const { tokens, heads } = cache;
    if (tokens <= budget) return heads.map(() => ({ rows: new Int32Array(0), from: 0 }));
    const { from, room } = split(cache, { budget, recent: window, queryAware });
    if (room === 0) return heads.map(() => ({ rows: new Int32Array(0), from }));
    const voters = cache.observed(window, queryAware);
    // votes of all heads, one head after another; keys that the floor keeps come first
    const all = new Float64Array(heads.length * from);
    heads.forEach((_, h) => {
      const votes = pooled(voteSums({ queries: voters, cache, h, ops }, from), pool);
      const safe = Math.floor(floor * room);
      if (safe > 0) for (const t of best(votes, safe, ops)) votes[t]! += voters.count * voters.group + 1;
      all.set(votes, h * from);
    });
    const chosen = best(all, heads.length * room, ops);
    return heads.map((_, h) => ({
      rows: chosen.filter((at) => Math.floor(at / from) === h).map((at) => at - h * from),
      from,
    }));
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  meanField: (crowd, { budget, window, pool, queryAware }) => [
    readsKept(crowd, { budget, recent: window, queryAware, alike: pooledAlike(crowd, pool) }),
  ],
});
