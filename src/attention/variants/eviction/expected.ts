import { int, real } from "../../../core/params.ts";
import { norm, rowNumbers } from "../../../core/tensor.ts";
import { ownAlike, readsKept } from "../../mean-field/kept.ts";
import { scoresMemory } from "../../parts/chunks.ts";
import {
  attendKept,
  budgetParam,
  guaranteed,
  keptCost,
  queryAwareParam,
  retainedByAll,
} from "../../parts/kept.ts";
import { turnedAhead } from "../../parts/rotary.ts";
import { scoreMoments } from "../../parts/votes.ts";
import type { Voters } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Expected Attention: keeps the keys of largest expected weight, times the length of their values, for queries drawn
 * from a Gaussian that is fitted to the queries seen. Sinks are left out of the keys and of the queries.
 *
 * Devoto et al. 2025, arXiv 2510.00636; code NVIDIA/kvpress (expected_attention_press.py, and adakv_press.py, within
 * which kvpress's leaderboard runs it, with a floor of .2 and an epsilon of .01). Defaults: 4 sinks, covariance and value
 * norms used, every head the same number. The prompt itself is read densely. k^T S k is computed as the variance of the
 * queries' products with k, without the covariance matrix S.
 */
export const expected = defineVariant({
  name: "expected",
  family: "eviction",
  summary: "keeps what queries like those seen are expected to attend to (Expected Attention)",
  formula: [
    "z_t = k_t . mu / sqrt d + k_t^T S k_t / (2 d), mu and S the mean and covariance of the queries after the sinks, turned to the mean of the next `horizon` positions",
    "score_t = (softmax(z)_t + epsilon) |v_t|",
    "kept = the first `sinks` tokens, each head's floor x budget best and the best of all heads",
    "o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title:
        "Expected Attention: KV Cache Compression by Estimating Attention from Future Queries Distribution",
      url: "https://arxiv.org/abs/2510.00636",
      where: "section 3",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/expected_attention_press.py",
    },
  ],
  differs: [
    "`observe` queries, evenly over the prompt, stand for all of it; the source takes every query after the sinks.",
    "Rotary embeddings are averaged over future positions where keys carry positions: where they follow the text.",
  ],
  params: {
    budget: budgetParam("tokens kept, the sinks included"),
    sinks: int("first tokens that are always kept", { default: 4, min: 0 }),
    observe: int("queries, evenly over the prompt, that stand for all of it", {
      default: 256,
      min: 2,
      sweep: [64, 256, 1024],
    }),
    horizon: int("positions after the context over which rotary embeddings are averaged", {
      default: 512,
      min: 1,
    }),
    epsilon: real("weight that every key has beside its expected one", { default: 0, min: 0, max: 1 }),
    floor: real("part of an even share that every head keeps; the heads compete for the rest", {
      default: 1,
      min: 0,
      max: 1,
      sweep: [0.2, 1],
    }),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 180, observe: 16 },
  prepare(cache, { budget, sinks, observe, horizon, epsilon, floor, queryAware }, ops) {
    const seen = cache.observed(observe, queryAware, "even");
    return retainedByAll(
      cache,
      { budget, recent: 0, queryAware },
      (from, end) => {
        const queries = cache.rotary ? turnedAhead(seen, cache.rotary, { from: end, count: horizon }) : seen;
        return cache.heads.map((_, h) =>
          expectedScores({ queries, cache, h, ops }, { from, end, sinks, epsilon }),
        );
      },
      { divide: guaranteed({ budget, floor }, ops), ops },
    );
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  memory: (shape, { observe }) => scoresMemory(shape, observe),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  meanField: (crowd, { budget, queryAware }) => [
    readsKept(crowd, { budget, recent: 0, queryAware, alike: ownAlike(crowd) }),
  ],
});

/** Keys [0, from) are scored, by queries of the context [0, end). */
interface ExpectedScores {
  readonly from: number;
  readonly end: number;
  readonly sinks: number;
  readonly epsilon: number;
}

/**
 * (from) scores of the keys before `from`: the mean over query heads of the expected weights, and `epsilon`, times the
 * length of the value. Sinks come first.
 */
function expectedScores(voters: Voters, { from, end, sinks, epsilon }: ExpectedScores): Float64Array {
  const { queries, cache, h } = voters;
  const { values } = cache.heads[h]!;
  const total = new Float64Array(from);
  for (let g = 0; g < queries.group; g++) {
    const { mean, variance } = scoreMoments(voters, { g, from: sinks, end });
    const logits = mean.map((z, t) => (t < sinks ? -Infinity : z + variance[t]! / 2));
    const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = logits.reduce((all, z) => all + Math.exp(z - most), 0);
    for (let t = 0; t < from; t++) total[t]! += Math.exp(logits[t]! - most) / (sum * queries.group);
  }
  return total.map((weight, t) =>
    t < sinks ? Infinity : (weight + epsilon) * norm(rowNumbers(values.tensor, t)),
  );
}
