import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int, real } from "../../../core/params.ts";
import { before, readsAll, readsEnds } from "../../mean-field/reads.ts";
import { bestTokens } from "../../mean-field/tokens.ts";
import { scoresMemory } from "../../parts/chunks.ts";
import { gated } from "../../parts/mixtures.ts";
import { perHead } from "../../parts/per-head.ts";
import { selectTop, unitSpans } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { sinkAndWindow } from "../../parts/spans.ts";
import { defineVariant } from "../../variant.ts";

/**
 * kNN memory: attention to a local window, and to the k nearest keys of everything before it, mixed by a gate.
 *
 * Wu et al. 2022, Memorizing Transformers, arXiv 2203.08913. Defaults: top 32, a window of 512. Used in training as
 * well.
 */
export const knnMemory = defineVariant({
  name: "knn-memory",
  family: "memory",
  summary: "a local window and the k nearest keys before it, gated (Memorizing Transformers)",
  formula: [
    "S = top-k of q K^T over the tokens before the window",
    "o = gate attention(S) + (1 - gate) attention(window)",
  ].join("\n"),
  sources: [
    {
      title: "Memorizing Transformers",
      url: "https://arxiv.org/abs/2203.08913",
      where: "section 3.1",
    },
  ],
  differs: [
    "The gate is a parameter; the source learns a scalar for each head.",
    "The search is exact and reads every key of the memory, which counts as index; the source finds most of the nearest by an approximate search.",
  ],
  params: {
    k: int("tokens read from the memory", { default: 32, min: 1, sweep: [8, 32, 128, 512] }),
    window: int("last tokens of the local attention, the query's own included", {
      default: 512,
      min: 1,
      sweep: [512, 1024, 2048],
    }),
    gate: real("share of the output from the memory", {
      default: 0.8,
      min: 0,
      max: 1,
      sweep: [0.2, 0.5, 0.8, 0.95],
    }),
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 9, window: 30 },
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, { k, window, gate }) =>
    perHead(queries, cache, (read, { space, keys }, h) => {
      const memory = read.visible.map((end) => Math.max(0, end - window));
      const table = { ...keys, kind: "index" } as const;
      const nearest = selectTop({ ...read, space, table, k, visible: memory, head: h }, ops, (q, t) =>
        ops.scores(q, t),
      );
      return gated([
        { gate, result: softmaxRead({ ...read, spans: unitSpans(nearest, 1, memory) }, ops) },
        {
          gate: 1 - gate,
          result: softmaxRead({ ...read, spans: sinkAndWindow(read.visible, 0, window) }, ops),
        },
      ]);
    }),
  cost(shape, { k, window }) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const memory = Math.max(0, tokens - window);
    const read = Math.min(k, memory) + Math.min(window, tokens);
    return {
      flops: 2 * memory * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: 0,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: memory * kvHeads * headDim * bytesPerElement,
    };
  },
  memory: (shape) => scoresMemory(shape, shape.asked),
  denseAt: ({ tokens }) => ({ window: tokens }),
  meanField: (crowd, { k, window, gate }) =>
    window >= crowd.tokens
      ? [readsAll(crowd)]
      : [
          { ...bestTokens(before(crowd, window), k), gate, recent: { tokens: window, read: false } },
          { ...readsEnds(crowd, 0, window), gate: 1 - gate },
        ],
});
