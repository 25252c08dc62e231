import { int } from "../../../core/params.ts";
import { norm, rowNumbers } from "../../../core/tensor.ts";
import { ownAlike, readsKept } from "../../mean-field/kept.ts";
import { scoresMemory } from "../../parts/chunks.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { scoreMoments } from "../../parts/votes.ts";
import type { Voters } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Expected Attention: keeps the keys of largest expected weight, times the length of their values, for queries drawn
 * from a Gaussian that is fitted to the queries seen. Sinks are left out of the keys and of the queries.
 *
 * Devoto et al. 2025, arXiv 2510.00636; code NVIDIA/kvpress (expected_attention_press.py). Defaults: 4 sinks,
 * covariance and value norms used. The prompt itself is read densely. k^T S k is computed as the variance of the
 * queries' products with k, without the covariance matrix S.
 */
export const expected = defineVariant({
  name: "expected",
  family: "eviction",
  summary: "keeps what queries like those seen are expected to attend to (Expected Attention)",
  formula: [
    "z_t = k_t . mu / sqrt d + k_t^T S k_t / (2 d), mu and S the mean and covariance of the queries after the sinks",
    "score_t = softmax(z)_t |v_t|; kept = the first `sinks` tokens and those of largest score",
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
    "The source averages rotary embeddings over future positions; keys here carry no positions.",
  ],
  params: {
    budget: budgetParam("tokens kept, the sinks included"),
    sinks: int("first tokens that are always kept", { default: 4, min: 0 }),
    observe: int("queries, evenly over the prompt, that stand for all of it", {
      default: 256,
      min: 2,
      sweep: [64, 256, 1024],
    }),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 180, observe: 16 },
  prepare(cache, { budget, sinks, observe, queryAware }, ops) {
    const queries = cache.observed(observe, queryAware, "even");
    return retained(
      cache,
      { budget, recent: 0, queryAware },
      (h, from, end) => expectedWeights({ queries, cache, h, ops }, { from, end, sinks }),
      ops,
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

/**
 * (from) scores of the keys before `from`: the mean over query heads of the expected weights, times the length of the
 * value. Sinks come first.
 */
function expectedWeights(
  voters: Voters,
  { from, end, sinks }: { from: number; end: number; sinks: number },
): Float64Array {
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
  return total.map((weight, t) => (t < sinks ? Infinity : weight * norm(rowNumbers(values.tensor, t))));
}
