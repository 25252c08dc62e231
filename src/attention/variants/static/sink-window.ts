import { int } from "../../../core/params.ts";
import { readsEnds } from "../../mean-field/reads.ts";
import { keptCost } from "../../parts/kept.ts";
import { perHead } from "../../parts/per-head.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { sinkAndWindow } from "../../parts/spans.ts";
import { defineVariant } from "../../variant.ts";

/**
 * StreamingLLM: the first tokens, which trained models use as attention sinks, and a sliding window that ends with the
 * query. Nothing else is kept, so a needle that has left the window is lost.
 *
 * Xiao et al. 2023, arXiv 2309.17453. Defaults: 4 sinks and 2044 recent tokens, a cache of 2048 (table 2).
 */
export const sinkWindow = defineVariant({
  name: "sink-window",
  family: "static",
  summary: "the first tokens and a sliding window (StreamingLLM)",
  formula: "S = [0, sinks) and (position - window, position]; o = sum_(i in S) p_i v_i, p = softmax over S",
  sources: [
    {
      title: "Efficient Streaming Language Models with Attention Sinks",
      url: "https://arxiv.org/abs/2309.17453",
      where: "section 3.2, table 2",
    },
  ],
  differs: ["Keys carry no positions; the source numbers them within the cache."],
  params: {
    sinks: int("first tokens that every query reads", { default: 4, min: 0, sweep: [0, 1, 2, 4, 8] }),
    window: int("last tokens that a query reads, its own included", {
      default: 2044,
      min: 1,
      sweep: [252, 508, 1020, 2044, 4092, 8188],
    }),
  },
  prefill: "same",
  budgetParam: "window",
  small: { sinks: 3, window: 41 },
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, { sinks, window }) =>
    perHead(queries, cache, (read) =>
      softmaxRead({ ...read, spans: sinkAndWindow(read.visible, sinks, window) }, ops),
    ),
  cost: (shape, { sinks, window }) => keptCost(shape, sinks + window),
  kernels: {
    "grouped-query": ({ sinks, window }) => ({ window: sinks + window }),
    // the measured kernel reads a window alone; the sinks are left out
    compressed: ({ window }) => ({ window }),
  },
  denseAt: ({ tokens }) => ({ window: tokens }),
  meanField: (crowd, { sinks, window }) => [readsEnds(crowd, sinks, window)],
});
