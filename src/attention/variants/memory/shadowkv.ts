import { attentionFlops } from "../../../core/cost.ts";
import { int } from "../../../core/params.ts";
import { bestAndOwnBlock } from "../../mean-field/blocks.ts";
import { perHead } from "../../parts/per-head.ts";
import { bestUnits, meanIndex, tokensOfUnits, unitsOfBudget } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * ShadowKV: keys stay in HBM as a low-rank factor, values lie in the host's memory; chunk means choose the rows whose
 * values are fetched.
 *
 * Sun et al. 2024, arXiv 2410.21465; code ByteDance-Seed/ShadowKV. Defaults: rank 160, chunks of 8, a budget of 2048
 * tokens. RetroInfer (arXiv 2505.02922) splits memory the same way. It is a decoding method: the prompt is read
 * densely. Simplified: the reader's random keys are of full rank, so they are exact here, and the rank counts in bytes
 * alone. The source also keeps 48 outlier chunks and the last 4 in HBM, and chooses once for a group's heads. Here each
 * query head chooses.
 */
export const shadowkv = defineVariant({
  name: "shadowkv",
  family: "memory",
  summary: "low-rank keys in HBM, values in the host's memory, fetched for the best chunks (ShadowKV)",
  formula: [
    "s(chunk) = q . mean(keys of the chunk), for whole chunks before the query's own",
    "S = the best chunks, up to the budget, and the query's own; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "ShadowKV: KV Cache in Shadows for High-Throughput Long-Context LLM Inference",
      url: "https://arxiv.org/abs/2410.21465",
      where: "section 4, algorithms 1 and 2",
    },
    { title: "ByteDance-Seed/ShadowKV", url: "https://github.com/ByteDance-Seed/ShadowKV" },
  ],
  params: {
    chunk: int("tokens in a chunk", { default: 8, min: 1, sweep: [4, 8, 16] }),
    budget: int("tokens read per query, in whole chunks, its own included", {
      default: 2048,
      min: 1,
      sweep: [512, 1024, 2048, 4096],
    }),
    rank: int("numbers that stand for a token's keys of all heads", {
      default: 160,
      min: 1,
      sweep: [80, 160, 320],
    }),
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { chunk: 4, budget: 40 },
  refuses: { placement: "it places K in HBM and V in the host's memory" },
  prepare: ({ heads }, { chunk }, ops) => heads.map(({ keys }) => meanIndex(keys, chunk, chunk, ops)),
  attend: ({ queries, cache, index: means, ops }, { chunk, budget, rank }) =>
    perHead(queries, cache, (read, { space }, h) => {
      const chunks = { unit: chunk, units: unitsOfBudget(budget, chunk, 1), table: means[h]! };
      const spans = bestUnits({ ...read, ...chunks, space }, ops, (q, t) => ops.scores(q, t));
      const keys = { ...read.keys, rowBytes: (rank * cache.bytesPerElement) / cache.heads.length };
      return softmaxRead({ ...read, keys, spans }, ops);
    }),
  cost(shape, { chunk, budget, rank }) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    // a budget of one chunk leaves nothing to choose
    const chunks = unitsOfBudget(budget, chunk, 1);
    const scored = chunks === 1 ? 0 : Math.floor((tokens - 1) / chunk);
    const read = tokensOfUnits(tokens, chunk, chunks);
    const [keyBytes, valueBytes] = [rank * bytesPerElement, kvHeads * headDim * bytesPerElement];
    return {
      // keys that are read are first made from their factor
      flops:
        2 * scored * queryHeads * headDim + 2 * read * rank * kvHeads * headDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: tokens * (keyBytes + valueBytes),
      indexKeptBytes: Math.ceil(tokens / chunk) * valueBytes,
      kvReadBytes: read * (keyBytes + valueBytes),
      indexReadBytes: scored * valueBytes,
      farKeptBytes: tokens * valueBytes,
      farReadBytes: read * valueBytes,
    };
  },
  denseAt: ({ tokens }) => ({ budget: Math.ceil(tokens / 8) * 8 }),
  meanField: (crowd, { chunk, budget }) => [bestAndOwnBlock(crowd, chunk, unitsOfBudget(budget, chunk, 1))],
});
