import { norm, rowNumbers } from "../../../core/tensor.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Key norms: keeps the keys of smallest L2 norm; no queries are needed.
 *
 * Devoto et al. 2024, arXiv 2406.11430; code NVIDIA/kvpress (knorm_press.py). The prompt itself is read densely.
 * `queryAware` decides whether the question's keys compete too; otherwise they are kept.
 */
export const knorm = defineVariant({
  name: "knorm",
  family: "eviction",
  summary: "keeps the keys of smallest norm (K-norm)",
  formula: ["score_t = -|k_t|", "kept = the tokens of largest score; o = dense attention over the kept"].join(
    "\n",
  ),
  sources: [
    {
      title: "A Simple and Effective L2 Norm-Based Strategy for KV Cache Compression",
      url: "https://arxiv.org/abs/2406.11430",
      where: "section 3",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/knorm_press.py",
    },
  ],
  differs: [
    "In trained models keys that get much attention have small norms. The reader's keys have norms of chance; those that follow the text (--geometry text) are short in the first token, and long in tokens that repeat earlier text.",
  ],
  params: { budget: budgetParam("tokens kept"), queryAware: queryAwareParam },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 180 },
  prepare: (cache, { budget, queryAware }, ops) =>
    retained(
      cache,
      { budget, recent: 0, queryAware },
      (h, from) => {
        const keys = cache.heads[h]!.keys.tensor;
        return Float64Array.from({ length: from }, (_, t) => -norm(rowNumbers(keys, t)));
      },
      ops,
    ),
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  noMeanField:
    "small keys have small logits too, so that those that are kept are no fair sample of the scores",
});
