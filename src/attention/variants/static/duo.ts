import { readsAll, readsEnds } from "../../mean-field/reads.ts";
import { attendStreaming, streamingCost, streamingParams } from "../../parts/streaming-heads.ts";
import { defineVariant } from "../../variant.ts";

/**
 * DuoAttention: some kv heads, those that retrieve, read everything; the others the first tokens and a window.
 *
 * Xiao et al. 2024, arXiv 2410.10819; code mit-han-lab/duo-attention. Defaults: 128 sinks, 256 recent tokens, half of
 * the heads (the source needs 50% for grouped-query models, 25% for multi-head ones). Used in prefill as well.
 */
export const duo = defineVariant({
  name: "duo",
  family: "static",
  summary: "a share of the heads reads everything, the others sinks and a window (DuoAttention)",
  formula: [
    "the first full x Hkv heads: p = softmax over [0, position]",
    "the others: S = [0, sinks) and (position - window, position]; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "DuoAttention: Efficient Long-Context LLM Inference with Retrieval and Streaming Heads",
      url: "https://arxiv.org/abs/2410.10819",
      where: "section 2",
    },
    { title: "mit-han-lab/duo-attention", url: "https://github.com/mit-han-lab/duo-attention" },
  ],
  differs: [
    "The first heads are full; the source finds its retrieval heads by training a gate for each. In the reader every head retrieves, so that the others lose tokens which streaming heads never look for.",
  ],
  params: streamingParams,
  prefill: "same",
  budgetParam: "window",
  small: { sinks: 3, window: 41 },
  prepare: () => undefined,
  attend: (given, params) =>
    attendStreaming(given, (h) => h < Math.round(params.full * given.cache.heads.length), params),
  cost: (shape, params) => streamingCost(shape, params),
  denseAt: () => ({ full: 1 }),
  meanField(crowd, { full, sinks, window }) {
    const whole = Math.round(full * crowd.kvHeads);
    return [
      { ...readsAll(crowd), heads: [0, whole] },
      { ...readsEnds(crowd, sinks, window), heads: [whole, crowd.kvHeads] },
    ];
  },
});
