import { ownAlike, readsKept } from "../../mean-field/kept.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { voteSums } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/**
 * TOVA, token omission via attention: keeps the keys that the last query attends to most, in the mean over all heads.
 *
 * Oren et al. 2024, arXiv 2401.06104; code schwartz-lab-NLP/TOVA and NVIDIA/kvpress (tova_press.py: one choice for all
 * heads, the last token always kept). The prompt itself is read densely.
 */
export const tova = defineVariant({
  name: "tova",
  family: "eviction",
  summary: "keeps what the last query attends to, the same for all heads (TOVA)",
  formula: [
    "score_t = mean over heads of softmax(q_last K^T)_t",
    "kept = the budget - 1 tokens of largest score and the last one; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "Transformers are Multi-State RNNs",
      url: "https://arxiv.org/abs/2401.06104",
      where: "section 3.2",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/tova_press.py",
    },
  ],
  differs: ["The choice after the prompt stays; the source omits one token at each step of decoding."],
  params: {
    budget: budgetParam("tokens kept, the last one included"),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 200 },
  prepare(cache, { budget, queryAware }, ops) {
    const last = cache.observed(1, queryAware);
    let sum: Float64Array | undefined;
    const allHeads = (from: number): Float64Array =>
      cache.heads
        .map((_, h) => voteSums({ queries: last, cache, h, ops }, from))
        .reduce((total, votes) => total.map((vote, t) => vote + votes[t]!));
    return retained(cache, { budget, recent: 1, queryAware }, (_, from) => (sum ??= allHeads(from)), ops);
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  meanField: (crowd, { budget, queryAware }) => [
    { ...readsKept(crowd, { budget, recent: 1, queryAware, alike: ownAlike(crowd) }), shared: true },
  ],
});
