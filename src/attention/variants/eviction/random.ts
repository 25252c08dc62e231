import { Random } from "../../../core/random.ts";
import { readsKept } from "../../mean-field/kept.ts";
import { readsBlindly } from "../../mean-field/reads.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Random eviction: keeps tokens drawn by lot, for each head its own. A baseline that any score must beat.
 *
 * Code NVIDIA/kvpress (random_press.py): scores are uniform random numbers. The prompt itself is read densely.
 * `queryAware` decides whether the question's keys are drawn too; otherwise they are kept.
 */
export const random = defineVariant({
  name: "random",
  family: "eviction",
  summary: "keeps tokens drawn by lot, for each head its own",
  formula: [
    "score_t = a uniform random number, for each head its own",
    "kept = the tokens of largest score; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/random_press.py",
    },
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
        const draws = new Random(`${cache.seed}/random/${h}`);
        return Float64Array.from({ length: from }, () => draws.uniform());
      },
      ops,
    ),
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  meanField: (crowd, { budget, queryAware }) => [
    queryAware
      ? readsBlindly(crowd, budget)
      : readsKept(crowd, { budget, recent: 0, queryAware: false, alike: 0 }),
  ],
});
