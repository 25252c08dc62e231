import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int } from "../../../core/params.ts";
import type { Table } from "../../../engines/ops.ts";
import { bestAndOwnBlock } from "../../mean-field/blocks.ts";
import { boundScores } from "../../mean-field/maxima.ts";
import { perHead } from "../../parts/per-head.ts";
import { bestUnits, tokensOfUnits, unitsOfBudget } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/** Pages that a query reads, its own included: at least 3, as in the source's evaluation code. */
const pagesRead = (page: number, budget: number): number => unitsOfBudget(budget, page, 3);

/**
 * Quest: pages of keys are bounded by their channel-wise minimum and maximum; a query reads the pages whose bound on
 * q.k is largest, and the page it stands in.
 *
 * Tang et al. 2024, arXiv 2406.10774; code mit-han-lab/Quest. Defaults: page 16, budget 1024 tokens. It is a decoding
 * method: the source's prefill is dense. The page that a query stands in is never scored, so that bounds never look at
 * later keys.
 */
export const quest = defineVariant({
  name: "quest",
  family: "dynamic",
  summary: "query-aware pages, by channel-wise bounds on their keys",
  formula: [
    "bound(page) = sum_c max(q_c min_c, q_c max_c) over the keys of the page",
    "S = the budget/page - 1 pages of largest bound and the query's own; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "Quest: Query-Aware Sparsity for Efficient Long-Context LLM Inference",
      url: "https://arxiv.org/abs/2406.10774",
      where: "section 3.3, algorithm 1",
    },
    {
      title: "mit-han-lab/Quest",
      url: "https://github.com/mit-han-lab/Quest",
      where: "evaluation/quest_attention.py",
    },
  ],
  differs: [
    "Every layer selects; the source leaves the first two layers dense, which takes a layer plan here.",
    "The query's own page is always read, as in the source's kernels; its evaluation code lets it compete.",
  ],
  params: {
    page: int("tokens in a page", { default: 16, min: 1, sweep: [8, 16, 32, 64] }),
    budget: int("tokens read per query, its own page included; at least three pages are read", {
      default: 1024,
      min: 1,
      sweep: [256, 512, 1024, 2048, 4096],
    }),
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { page: 8, budget: 64 },
  prepare: ({ heads }, { page }, ops) =>
    heads.map(({ keys }): Table => ({
      tensor: ops.pageMinMax(keys.tensor, page),
      kind: "index",
      rowBytes: 2 * keys.rowBytes,
    })),
  attend: ({ queries, cache, index: bounds, ops }, { page, budget }) =>
    perHead(queries, cache, (read, { space }, h) => {
      const pages = { unit: page, units: pagesRead(page, budget), table: bounds[h]! };
      const spans = bestUnits({ ...read, ...pages, space, head: h }, ops, (q, t) => ops.boundScores(q, t));
      return softmaxRead({ ...read, spans }, ops);
    }),
  cost(shape, { page, budget }) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const before = Math.floor((tokens - 1) / page);
    const read = tokensOfUnits(tokens, page, pagesRead(page, budget));
    const boundBytes = 2 * kvHeads * headDim * bytesPerElement;
    return {
      // two products, a maximum and a sum for each channel of a page
      flops: 4 * before * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: Math.ceil(tokens / page) * boundBytes,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: before * boundBytes,
    };
  },
  denseAt: ({ tokens }) => ({ page: 16, budget: Math.ceil(tokens / 16) * 16 }),
  meanField: (crowd, { page, budget }) => [
    bestAndOwnBlock(crowd, page, pagesRead(page, budget), boundScores(crowd, page)),
  ],
});
