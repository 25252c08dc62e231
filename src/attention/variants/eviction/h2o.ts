import { choice, int, real } from "../../../core/params.ts";
import { evenPositions } from "../../../core/places.ts";
import { normalScores, threshold } from "../../mean-field/crowd.ts";
import type { Crowd } from "../../mean-field/crowd.ts";
import { ownAlike, readsKept } from "../../mean-field/kept.ts";
import { scoresMemory } from "../../parts/chunks.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { meanVotes, voteSums } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/**
 * H2O, heavy-hitter oracle: half of the budget keeps the keys that queries have attended to most so far, the other
 * half the last keys.
 *
 * Zhang et al. 2023, arXiv 2306.14048; code FMInference/H2O (heavy and recent parts alike), which sums a key's weights
 * over the queries. NVIDIA/kvpress divides the sum by the number of queries that saw the key.
 */
export const h2o = defineVariant({
  name: "h2o",
  family: "eviction",
  summary: "keeps the keys with the largest accumulated attention and the last ones (H2O)",
  formula: [
    "score_t = sum (or mean) over the queries at positions >= t of softmax(q K^T)_t",
    "kept = the most recent tokens, a share of the budget, and those with the largest scores; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "H2O: Heavy-Hitter Oracle for Efficient Generative Inference of Large Language Models",
      url: "https://arxiv.org/abs/2306.14048",
      where: "section 4, algorithm 1",
    },
    {
      title: "FMInference/H2O",
      url: "https://github.com/FMInference/H2O",
      where: "h2o_hf/utils_real_drop/modify_llama.py, H2OKVCache_LayerWise",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/observed_attention_press.py",
    },
  ],
  differs: [
    "`observe` queries, evenly over the prompt, stand for all of it; the source sums over every query.",
    "The choice after the prompt stays; the source goes on evicting while it decodes.",
    "The query heads of a group share one choice, by their mean; the source's models have no groups.",
  ],
  params: {
    budget: budgetParam("tokens kept"),
    recent: real("share of the budget that the most recent tokens have; kvpress has none", {
      default: 0.5,
      min: 0,
      max: 1,
      sweep: [0, 0.5],
    }),
    observe: int("queries, evenly over the prompt, that stand for all of it", {
      default: 256,
      min: 1,
      sweep: [64, 256, 1024],
    }),
    score: choice(
      "a key's weights over the queries: their sum, as in the paper and its code, or their mean over the queries that see the key, as in kvpress",
      ["sum", "mean"],
      { default: "sum" },
    ),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 200, observe: 16 },
  prepare(cache, { budget, recent, observe, score, queryAware }, ops) {
    const votesOf = score === "sum" ? voteSums : meanVotes;
    const queries = cache.observed(observe, queryAware, "even");
    // tokens after the context, of a question that was not seen, are recent too
    const after = cache.tokens - 1 - queries.positions.at(-1)!;
    return retained(
      cache,
      { budget, recent: Math.max(0, Math.floor(budget * recent) - after), queryAware },
      (h, from) => votesOf({ queries, cache, h, ops }, from),
      ops,
    );
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  memory: (shape, { observe }) => scoresMemory(shape, observe),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  meanField(crowd, { budget, recent: share, observe, score, queryAware }) {
    const recent = Math.max(0, Math.floor(budget * share) - crowd.tail);
    const kept = readsKept(crowd, { budget, recent, queryAware, alike: ownAlike(crowd) });
    return [
      budget < crowd.tokens && (kept.recent || share === 0)
        ? {
            ...kept,
            chance: heavyChance(crowd, { budget, recent: kept.recent?.tokens ?? 0, observe, score }),
          }
        : kept,
    ];
  },
});

/** Number of places, evenly over the prompt, whose votes are computed. */
const places = 64;

/**
 * Probability that a token at a distance from the query is kept as heavy. Early keys get more weight, from queries that
 * see few keys. The sum of n weights exp(z) / p, where p is the number of keys that a query sees, is approximated as
 * lognormal; the mean is an n-th of it.
 */
function heavyChance(
  { tokens, tail, sharpness: g }: Crowd,
  {
    budget,
    recent,
    observe,
    score,
  }: {
    readonly budget: number;
    readonly recent: number;
    readonly observe: number;
    readonly score: "sum" | "mean";
  },
): (distance: number) => number {
  const end = tokens - tail;
  const scored = tokens - recent;
  const asking = evenPositions(Math.min(observe, end), end - 1);
  const all = Array.from({ length: places }, (_, i) => {
    const from = ((i + 0.5) * scored) / places;
    const seers = asking.filter((position) => position >= from);
    const inverse = Array.from(seers, (position) => 1 / (position + 1));
    const sum = inverse.reduce((a, b) => a + b, 0);
    const square = inverse.reduce((a, b) => a + b * b, 0);
    const variance = Math.log(1 + ((Math.exp(g * g) - 1) * square) / (sum * sum));
    const level = score === "sum" ? sum : sum / seers.length;
    return normalScores(scored / places, Math.log(level) - variance / 2, Math.sqrt(variance));
  });
  const t = threshold(all, budget - recent);
  return (distance) => {
    const place = Math.floor(((tokens - distance) * places) / scored);
    return all[Math.min(places - 1, Math.max(0, place))]!.above(t);
  };
}
