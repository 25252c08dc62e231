import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int } from "../../../core/params.ts";
import { bestAndOwnBlock } from "../../mean-field/blocks.ts";
import { perHead } from "../../parts/per-head.ts";
import { bestUnits, meanIndex, tokensOfUnits } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * MoBA, mixture of block attention: a gate scores blocks by q . mean(keys). Each query head reads its k best blocks,
 * and its own block is always one of them.
 *
 * Lu et al. 2025, arXiv 2502.13189; code MoonshotAI/MoBA (moba_naive.py). Defaults: block 4096, k 12, the paper's
 * setting at 1M tokens (512 and 3 at 8K). Used in training and prefill as well as in decoding.
 */
export const moba = defineVariant({
  name: "moba",
  family: "dynamic",
  summary: "the best blocks by their mean key, for each head (mixture of block attention)",
  formula: [
    "s(block) = q . mean(keys of the block), for whole blocks before the query's own",
    "S = the k - 1 blocks of largest s and the query's own; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "MoBA: Mixture of Block Attention for Long-Context LLMs",
      url: "https://arxiv.org/abs/2502.13189",
      where: "section 2.2",
    },
    { title: "MoonshotAI/MoBA", url: "https://github.com/MoonshotAI/MoBA", where: "moba/moba_naive.py" },
  ],
  differs: ["Every layer selects; the source keeps the last layers dense, which takes a layer plan here."],
  params: {
    block: int("tokens in a block", { default: 4096, min: 1, sweep: [64, 128, 512, 1024, 4096] }),
    k: int("blocks read per query, its own included", { default: 12, min: 1, sweep: [3, 6, 12, 24, 48] }),
  },
  prefill: "same",
  budgetParam: "k",
  small: { block: 32, k: 3 },
  prepare: ({ heads }, { block }, ops) => heads.map(({ keys }) => meanIndex(keys, block, block, ops)),
  attend: ({ queries, cache, index: means, ops }, { block, k }) =>
    perHead(queries, cache, (read, { space }, h) => {
      const blocks = { unit: block, units: k, table: means[h]! };
      const spans = bestUnits({ ...read, ...blocks, space, head: h }, ops, (q, t) => ops.scores(q, t));
      return softmaxRead({ ...read, spans }, ops);
    }),
  cost(shape, { block, k }) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const read = tokensOfUnits(tokens, block, k);
    const meanBytes = kvHeads * headDim * bytesPerElement;
    // with k = 1 there is nothing to choose
    const scored = k === 1 ? 0 : Math.floor((tokens - 1) / block);
    return {
      flops: 2 * scored * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: Math.ceil(tokens / block) * meanBytes,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: scored * meanBytes,
    };
  },
  denseAt: ({ tokens }) => ({ block: 64, k: Math.ceil(tokens / 64) }),
  meanField: (crowd, { block, k }) => [bestAndOwnBlock(crowd, block, k)],
});
