import { int, real } from "../../../core/params.ts";
import { pooledAlike, readsKept } from "../../mean-field/kept.ts";
import { scoresMemory } from "../../parts/chunks.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { pooled, voteSums } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Tokens that a layer keeps. Budgets fall linearly from the first layer to the last. The last layer's room is 1 / beta
 * of the mean, or more if the first layer would keep more tokens than there are. Every layer keeps `window`. In a
 * context below twice the mean room every layer keeps the mean budget, as in the code.
 */
function layerBudget(
  { budget, window, beta, depth }: { budget: number; window: number; beta: number; depth: number },
  tokens: number,
): number {
  if (budget >= tokens) return tokens;
  const room = Math.max(0, budget - window);
  if (tokens < 2 * room) return budget;
  const most = Math.min(2 * room - Math.floor(room / beta), tokens - window);
  const least = 2 * room - most;
  return Math.min(budget, window) + Math.floor(most - depth * (most - least));
}

/**
 * PyramidKV: SnapKV's votes with budgets that fall from layer to layer; the first layers keep most.
 *
 * Cai et al. 2024, arXiv 2406.02069; code Zefan-Cai/KVCache-Factory and NVIDIA/kvpress (pyramidkv_press.py). Defaults:
 * beta 20, window 64, pool 5.
 */
export const pyramidkv = defineVariant({
  name: "pyramidkv",
  family: "eviction",
  summary: "SnapKV with budgets that fall from the first layer to the last (PyramidKV)",
  formula: [
    "room(depth) = most - depth (most - least), most = min(2 room - room / beta, N - window), least = 2 room - most, room = budget - window; room if N < 2 room",
    "vote_t = sum over the last `window` queries of softmax(q K^T)_t, average-pooled over `pool` tokens",
    "kept = the room(depth) tokens of largest vote and the last `window`; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "PyramidKV: Dynamic KV Cache Compression based on Pyramidal Information Funneling",
      url: "https://arxiv.org/abs/2406.02069",
      where: "section 4.2",
    },
    {
      title: "Zefan-Cai/KVCache-Factory",
      url: "https://github.com/Zefan-Cai/KVCache-Factory",
      where: "pyramidkv/pyramidkv_utils.py, PyramidKVCluster.update_kv",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/pyramidkv_press.py, get_layer_budget",
    },
  ],
  differs: [
    "One layer is simulated, at `depth` between the first (0) and the last (1), and the cost is that layer's; in the middle it keeps the mean budget and is SnapKV.",
    "Budgets fall evenly; the authors' code rounds the fall from layer to layer down to whole tokens.",
    "A kv head keeps one set for its query heads, as kvpress does.",
  ],
  params: {
    budget: budgetParam("tokens kept in the mean over layers, the window included"),
    window: int("last queries that vote, whose tokens are always kept", { default: 64, min: 1 }),
    pool: int("tokens over which votes are averaged", { default: 5, min: 1 }),
    beta: int("the last layer's room is this part of the mean", { default: 20, min: 1, sweep: [1, 5, 20] }),
    depth: real("where the layer lies: 0 the first, 1 the last", {
      default: 0.5,
      min: 0,
      max: 1,
      sweep: [0, 0.25, 0.5, 0.75, 1],
    }),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 200, window: 10, depth: 0.4 },
  prepare(cache, params, ops) {
    const { window, pool, queryAware } = params;
    const voters = cache.observed(window, queryAware);
    return retained(
      cache,
      { budget: layerBudget(params, cache.tokens), recent: window, queryAware },
      (h, from) => pooled(voteSums({ queries: voters, cache, h, ops }, from), pool),
      ops,
    );
  },
  attend: attendKept,
  cost: (shape, params) => keptCost(shape, layerBudget(params, shape.tokens)),
  memory: (shape, { window }) => scoresMemory(shape, window),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  meanField(crowd, params) {
    const { window, pool, queryAware } = params;
    const budget = layerBudget(params, crowd.tokens);
    return [readsKept(crowd, { budget, recent: window, queryAware, alike: pooledAlike(crowd, pool) })];
  },
});
