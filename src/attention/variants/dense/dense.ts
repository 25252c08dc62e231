import { readsAll } from "../../mean-field/reads.ts";
import { denseCost } from "../../parts/costs.ts";
import { perHead } from "../../parts/per-head.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Dense attention with grouped queries: every query reads every key before it. With one kv head for each query
 * head it is multi-head attention, with one for all of them multi-query attention.
 *
 * Vaswani et al. 2017, arXiv 1706.03762; Ainslie et al. 2023, arXiv 2305.13245.
 */
export const dense = defineVariant({
  name: "dense",
  family: "dense",
  summary: "every key, exactly (MHA, GQA, MQA)",
  formula: "o = sum_i p_i v_i, p = softmax(q K^T / sqrt d) over the keys [0, position]",
  sources: [
    { title: "Attention Is All You Need", url: "https://arxiv.org/abs/1706.03762", where: "section 3.2" },
    {
      title: "GQA: Training Generalized Multi-Query Transformer Models",
      url: "https://arxiv.org/abs/2305.13245",
      where: "section 2.2",
    },
  ],
  params: {},
  prefill: "same",
  small: {},
  prepare: () => undefined,
  attend: ({ queries, cache, ops }) => perHead(queries, cache, (read) => softmaxRead(read, ops)),
  cost: denseCost,
  kernels: { "grouped-query": () => ({}), latent: () => ({}) },
  denseAt: () => ({}),
  meanField: (crowd) => [readsAll(crowd)],
});
