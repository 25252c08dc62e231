import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int } from "../../../core/params.ts";
import { bestTokens } from "../../mean-field/tokens.ts";
import { perHead } from "../../parts/per-head.ts";
import { selectTop, unitSpans } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Oracle top-k: each query reads the k keys whose exact scores are largest. No machine gains by it, since finding
 * them reads every key, which is counted as index. It is an upper bound on a token index's selection. No index is kept.
 */
export const oracle = defineVariant({
  name: "oracle",
  family: "dynamic",
  summary: "the k keys with the largest exact scores: what the best index could select",
  formula: "S = top-k of q K^T; o = sum_(i in S) p_i v_i, p = softmax over S",
  sources: [
    {
      title: "Memory-efficient Transformers via Top-k Attention",
      url: "https://arxiv.org/abs/2106.06899",
      where: "section 2",
    },
    { title: "Loki: Low-rank Keys for Efficient Sparse Attention", url: "https://arxiv.org/abs/2406.02542" },
  ],
  params: {
    k: int("tokens read per query", {
      default: 2048,
      min: 1,
      sweep: [64, 128, 256, 512, 1024, 2048, 4096, 8192],
    }),
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 37 },
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, { k }) =>
    perHead(queries, cache, (read, { space, keys }) => {
      const table = { ...keys, kind: "index" } as const;
      const rows = selectTop({ ...read, space, table, k }, ops, (q, t) => ops.scores(q, t));
      return softmaxRead({ ...read, spans: unitSpans(rows, 1, read.visible) }, ops);
    }),
  cost(shape, { k }) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const read = Math.min(k, tokens);
    return {
      flops: 2 * tokens * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: 0,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: tokens * kvHeads * headDim * bytesPerElement,
    };
  },
  denseAt: ({ tokens }) => ({ k: tokens }),
  meanField: (crowd, { k }) => [bestTokens(crowd, k)],
});
