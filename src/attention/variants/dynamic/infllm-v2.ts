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

/** Sizes of a selection. */
interface SelectionParams {
  readonly block: number;
  readonly blocks: number;
  readonly window: number;
}

/** Whole blocks of the window. As many blocks before the query's own are always read. */
const windowBlocks = ({ block, window }: SelectionParams): number => Math.floor(window / block);

/**
 * Blocks that a query reads. The window's come on top of `blocks`, as in the model code of OpenBMB (`topk + window_size
 * // block_size`) and in SGLang.
 */
const blocksRead = (params: SelectionParams): number => params.blocks + windowBlocks(params);

/**
 * InfLLM-v2: block selection by the weights of mean-pooled kernels of keys, shared in a GQA group, with dense
 * attention in short contexts and no output of its own for the pooled keys.
 *
 * Zhao et al. 2025, arXiv 2509.24663 (MiniCPM4: arXiv 2506.07900); code OpenBMB/infllmv2_cuda_impl. Defaults: kernel
 * 32 every 16 tokens, blocks of 64, topk 64 and a window of 2048, so that 96 blocks are read: 1 initial, the query's
 * own and 32 before it always; dense up to 8192 tokens. Used in training and prefill as well.
 */
export const infllmV2 = defineVariant({
  name: "infllm-v2",
  family: "dynamic",
  summary: "blocks selected by mean-pooled kernels, dense in short contexts (InfLLM-v2)",
  formula: [
    "s = softmax(q . mean(keys of a kernel)), summed over the group's heads",
    "score(block) = max of s over the kernels that overlap it; first come the own block, floor(window / block) before it and the initial ones",
    "S = tokens of the blocks + floor(window / block) best blocks, or all of up to `denseBelow`; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "InfLLM-V2: Dense-Sparse Switchable Attention for Seamless Short-to-Long Adaptation",
      url: "https://arxiv.org/abs/2509.24663",
      where: "section 3",
    },
    {
      title: "OpenBMB/infllmv2_cuda_impl",
      url: "https://github.com/OpenBMB/infllmv2_cuda_impl",
      where: "csrc/max_pooling_1d.cuh: the blocks that are always read",
    },
    {
      title: "sgl-project/sglang",
      url: "https://github.com/sgl-project/sglang",
      where: "MiniCPM's sparse backend: sparse_topk = topk + window_size // block_size",
    },
  ],
  differs: [
    "The normaliser of the pooled scores is exact; the source estimates it from a coarser pooling.",
    "Of blocks with equal scores the lower is read; the source leaves it to its top-k kernel.",
  ],
  params: {
    kernel: int("tokens in a pooled kernel", { default: 32, min: 1, sweep: [16, 32, 64] }),
    stride: int("tokens from one kernel to the next", { default: 16, min: 1, sweep: [8, 16, 32] }),
    block: int("tokens in a selected block", { default: 64, min: 1, sweep: [32, 64, 128] }),
    blocks: int("blocks read on top of the window's, the own and initial ones included (topk)", {
      default: 64,
      min: 1,
      sweep: [16, 32, 64, 96],
    }),
    initial: int("first blocks that are always read", { default: 1, min: 0 }),
    window: int("tokens of which every whole block before the query's own is always read", {
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
      const { kernel, stride, block, initial, denseBelow } = params;
      if (read.visible.every((visible) => visible <= denseBelow)) return softmaxRead(read, ops);
      const entries = read.visible.map((visible) => wholeEntries(visible, kernel, stride));
      const summaries = { ...read, keys: pooled[h]!, values: pooled[h]!, visible: entries };
      const selected = selectBlocks(
        { summaries, visible: read.visible, group: queries.group, head: h, space },
        {
          block: kernel,
          stride,
          selectBlock: block,
          selected: blocksRead(params),
          initial,
          local: windowBlocks(params) + 1,
          pool: "max",
        },
        ops,
      );
      const chosen = unitSpans(selected, block, read.visible, queries.group);
      return softmaxRead({ ...read, spans: chosen.orAllBelow(denseBelow, read.visible) }, ops);
    }),
  cost(shape, params) {
    const { kernel, stride, block, denseBelow } = params;
    const { tokens, queryHeads, kvHeads, headDim, bytesPerElement } = shape;
    const keyBytes = kvHeads * headDim * bytesPerElement;
    const indexKeptBytes = Math.ceil(tokens / stride) * keyBytes;
    if (tokens <= denseBelow) return { ...denseCost(shape), indexKeptBytes };
    const entries = wholeEntries(tokens, kernel, stride);
    const read = tokensOfUnits(tokens, block, blocksRead(params));
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
  meanField(crowd, params) {
    const { kernel, stride, block, initial, denseBelow } = params;
    if (crowd.tokens <= denseBelow) return [readsAll(crowd)];
    const all = Math.ceil(crowd.tokens / block);
    const local = Math.min(all, windowBlocks(params) + 1);
    const best = bestBlocks(
      crowd,
      { block, k: blocksRead(params) - initial - local, blocks: all - initial - local },
      kernelScores(crowd, { kernel, stride, block, pool: "max" }),
    );
    const last = crowd.tokens - (all - local) * block;
    return [{ ...withLast(crowd, best, last), ...(initial > 0 && { first: true }) }];
  },
});
