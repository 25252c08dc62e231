import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int } from "../../../core/params.ts";
import { bestBlocks } from "../../mean-field/blocks.ts";
import { kernelScores } from "../../mean-field/kernels.ts";
import { readsAll, withLast } from "../../mean-field/reads.ts";
import { selectBlocks, wholeEntries } from "../../parts/compressed-blocks.ts";
import { denseCost } from "../../parts/costs.ts";
import { perHead } from "../../parts/per-head.ts";
import { meanIndex, tokensOfUnits, unitSpans } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * InfLLM-v2: block selection by the weights of mean-pooled kernels of keys, shared in a GQA group, with dense attention
 * in short contexts and no output of its own for the pooled keys.
 *
 * Zhao et al. 2025, arXiv 2509.24663 (MiniCPM4: arXiv 2506.07900); code OpenBMB/infllmv2_cuda_impl. Defaults: kernel 32
 * every 16 tokens, blocks of 64, 1 initial block, a window of 2048, 64 blocks in all, dense up to 8192 tokens. Used in
 * training and prefill as well.
 * Simplified: the source estimates the normaliser of the pooled scores from a coarser pooling; here it is exact.
 */
export const infllmV2 = defineVariant({
  name: "infllm-v2",
  family: "dynamic",
  summary: "blocks selected by mean-pooled kernels, dense in short contexts (InfLLM-v2)",
  formula: [
    "s = softmax(q . mean(keys of a kernel)), summed over the group's heads",
    "score(block) = max of s over the kernels that overlap it; initial and window blocks come first",
    "S = tokens of the `blocks` best blocks, or all of up to `denseBelow`; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "InfLLM-V2: Dense-Sparse Switchable Attention for Seamless Short-to-Long Adaptation",
      url: "https://arxiv.org/abs/2509.24663",
      where: "section 3",
    },
    { title: "OpenBMB/infllmv2_cuda_impl", url: "https://github.com/OpenBMB/infllmv2_cuda_impl" },
  ],
  params: {
    kernel: int("tokens in a pooled kernel", { default: 32, min: 1, sweep: [16, 32, 64] }),
    stride: int("tokens from one kernel to the next", { default: 16, min: 1, sweep: [8, 16, 32] }),
    block: int("tokens in a selected block", { default: 64, min: 1, sweep: [32, 64, 128] }),
    blocks: int("blocks read, initial and window ones included", {
      default: 64,
      min: 1,
      sweep: [40, 64, 96, 128],
    }),
    initial: int("first blocks that are always read", { default: 1, min: 0 }),
    window: int("last tokens whose blocks are always read, the query's own included", {
      default: 2048,
      min: 1,
      sweep: [512, 1024, 2048],
    }),
    denseBelow: int("tokens up to which a query reads all that it sees", {
      default: 8192,
      min: 0,
      sweep: [0, 8192, 32768],
    }),
  },
  prefill: "same",
  budgetParam: "blocks",
  small: { kernel: 8, stride: 4, block: 16, blocks: 6, window: 32, denseBelow: 100 },
  prepare: ({ heads }, { kernel, stride }, ops) =>
    heads.map(({ keys }) => meanIndex(keys, kernel, stride, ops)),
  attend: ({ queries, cache, index: pooled, ops }, params) =>
    perHead(queries, cache, (read, { space }, h) => {
      const { kernel, stride, block, blocks, initial, window, denseBelow } = params;
      if (read.visible.every((visible) => visible <= denseBelow)) return softmaxRead(read, ops);
      const entries = read.visible.map((visible) => wholeEntries(visible, kernel, stride));
      const summaries = { ...read, keys: pooled[h]!, values: pooled[h]!, visible: entries };
      const selected = selectBlocks(
        { summaries, visible: read.visible, group: queries.group, space },
        {
          block: kernel,
          stride,
          selectBlock: block,
          selected: blocks,
          initial,
          local: Math.ceil(window / block),
          pool: "max",
        },
        ops,
      );
      const chosen = unitSpans(selected, block, read.visible, queries.group);
      return softmaxRead({ ...read, spans: chosen.orAllBelow(denseBelow, read.visible) }, ops);
    }),
  cost(shape, { kernel, stride, block, blocks, denseBelow }) {
    const { tokens, queryHeads, kvHeads, headDim, bytesPerElement } = shape;
    const keyBytes = kvHeads * headDim * bytesPerElement;
    const indexKeptBytes = Math.ceil(tokens / stride) * keyBytes;
    if (tokens <= denseBelow) return { ...denseCost(shape), indexKeptBytes };
    const entries = wholeEntries(tokens, kernel, stride);
    const read = tokensOfUnits(tokens, block, blocks);
    return {
      flops: 2 * entries * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: (entries + read) * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: entries * keyBytes,
    };
  },
  denseAt: ({ tokens }) => ({ denseBelow: tokens }),
  meanField(crowd, { kernel, stride, block, blocks, initial, window, denseBelow }) {
    if (crowd.tokens <= denseBelow) return [readsAll(crowd)];
    const all = Math.ceil(crowd.tokens / block);
    const local = Math.min(all, Math.ceil(window / block));
    const best = bestBlocks(
      crowd,
      { block, k: blocks - initial - local, blocks: all - initial - local },
      kernelScores(crowd, { kernel, stride, block, pool: "max" }),
    );
    const last = crowd.tokens - (all - Math.min(local, blocks)) * block;
    return [{ ...withLast(crowd, best, last), ...(initial > 0 && { first: true }) }];
  },
});
