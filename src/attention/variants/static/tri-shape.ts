import { int } from "../../../core/params.ts";
import { denseCost } from "../../parts/costs.ts";
import { perHead } from "../../parts/per-head.ts";
import { prefillReads } from "../../parts/prefill-only.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { sinkAndWindow } from "../../parts/spans.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Tri-shape: A-shape, but the prompt's last queries read everything.
 *
 * Li et al. 2024, SCBench, arXiv 2412.10319; code microsoft/MInference (tri_shape). Defaults: 128 first tokens, a
 * window of 3968, the last 100 queries dense.
 */
export const triShape = defineVariant({
  name: "tri-shape",
  family: "static",
  summary: "A-shape whose last queries read everything, dense decoding (tri-shape)",
  formula: [
    "prefill: S = [0, sinks) and (position - window, position], or all for the last `last` positions of the prompt",
    "o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "SCBench: A KV Cache-Centric Analysis of Long-Context Methods",
      url: "https://arxiv.org/abs/2412.10319",
      where: "section 3, Tri-shape",
    },
    { title: "microsoft/MInference", url: "https://github.com/microsoft/MInference" },
  ],
  params: {
    sinks: int("first tokens that every query reads", { default: 128, min: 0 }),
    window: int("last tokens that a query reads, its own included", { default: 3968, min: 1 }),
    last: int("last queries of the prompt that read everything", {
      default: 100,
      min: 0,
      sweep: [0, 100, 500],
    }),
  },
  prefill: "only",
  small: { sinks: 3, window: 41, last: 5 },
  adaptive: "the cost of every query but the last ones",
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, { sinks, window, last }) =>
    perHead(queries, cache, (read) => {
      const spans = sinkAndWindow(read.visible, sinks, window);
      return softmaxRead({ ...read, spans: spans.orAllAbove(cache.tokens - last, read.visible) }, ops);
    }),
  cost: denseCost,
  prefillCost: (shape, { sinks, window }) => prefillReads(shape, sinks + window),
  denseAt: ({ tokens }) => ({ window: tokens }),
});
