import { int } from "../../../core/params.ts";
import { denseCost } from "../../parts/costs.ts";
import { perHead } from "../../parts/per-head.ts";
import { prefillReads } from "../../parts/prefill-only.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { sinkAndWindow } from "../../parts/spans.ts";
import { defineVariant } from "../../variant.ts";

/**
 * A-shape: while the cache is built each query reads the first tokens and a window; decoding is dense.
 *
 * MInference, Jiang et al. 2024, arXiv 2407.02490; code microsoft/MInference (a_shape). Defaults: 128 first tokens, a
 * window of 3968.
 */
export const aShape = defineVariant({
  name: "a-shape",
  family: "static",
  summary: "prefill over the first tokens and a window, dense decoding (A-shape)",
  formula:
    "prefill: S = [0, sinks) and (position - window, position]; o = sum_(i in S) p_i v_i, p = softmax over S",
  sources: [
    {
      title: "MInference 1.0: Accelerating Pre-filling for Long-Context LLMs via Dynamic Sparse Attention",
      url: "https://arxiv.org/abs/2407.02490",
      where: "section 3.1",
    },
    { title: "microsoft/MInference", url: "https://github.com/microsoft/MInference" },
  ],
  params: {
    sinks: int("first tokens that every query reads", { default: 128, min: 0 }),
    window: int("last tokens that a query reads, its own included", {
      default: 3968,
      min: 1,
      sweep: [896, 1920, 3968, 8064],
    }),
  },
  prefill: "only",
  small: { sinks: 3, window: 41 },
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, { sinks, window }) =>
    perHead(queries, cache, (read) =>
      softmaxRead({ ...read, spans: sinkAndWindow(read.visible, sinks, window) }, ops),
    ),
  cost: denseCost,
  prefillCost: (shape, { sinks, window }) => prefillReads(shape, sinks + window),
  denseAt: ({ tokens }) => ({ window: tokens }),
});
