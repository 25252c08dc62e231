import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int, real } from "../../../core/params.ts";
import { readsAll, readsEnds } from "../../mean-field/reads.ts";
import { perHead } from "../../parts/per-head.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { sinkAndWindow } from "../../parts/spans.ts";
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
  params: {
    full: real("share of the kv heads that read everything, rounded to whole heads", {
      default: 0.5,
      min: 0,
      max: 1,
      sweep: [0, 0.25, 0.5, 0.75, 1],
    }),
    sinks: int("first tokens that the other heads read", { default: 128, min: 0 }),
    window: int("last tokens that the other heads read, the query's own included", {
      default: 256,
      min: 1,
      sweep: [256, 512, 1024, 2048],
    }),
  },
  prefill: "same",
  budgetParam: "window",
  small: { sinks: 3, window: 41 },
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, { full, sinks, window }) =>
    perHead(queries, cache, (read, _head, h) =>
      softmaxRead(
        h < Math.round(full * cache.heads.length)
          ? read
          : { ...read, spans: sinkAndWindow(read.visible, sinks, window) },
        ops,
      ),
    ),
  cost(shape, { full, sinks, window }) {
    const { tokens, kvHeads, queryHeads } = shape;
    const whole = Math.round(full * kvHeads);
    // rows of all heads together
    const read = whole * tokens + (kvHeads - whole) * Math.min(sinks + window, tokens);
    const bytes = keyValueBytes(shape, read) / kvHeads;
    return {
      flops: attentionFlops(shape, read) / kvHeads,
      exponentials: (read * queryHeads) / kvHeads,
      keptBytes: bytes,
      indexKeptBytes: 0,
      kvReadBytes: bytes,
      indexReadBytes: 0,
    };
  },
  denseAt: () => ({ full: 1 }),
  meanField(crowd, { full, sinks, window }) {
    const whole = Math.round(full * crowd.kvHeads);
    return [
      { ...readsAll(crowd), heads: [0, whole] },
      { ...readsEnds(crowd, sinks, window), heads: [whole, crowd.kvHeads] },
    ];
  },
});
