import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int, real } from "../../../core/params.ts";
import { bestBlocks } from "../../mean-field/blocks.ts";
import { kernelRead, kernelScores } from "../../mean-field/kernels.ts";
import { readsEnds, withLast } from "../../mean-field/reads.ts";
import { selectBlocks, wholeEntries } from "../../parts/compressed-blocks.ts";
import { stored } from "../../parts/captured-index.ts";
import { gated, mixed } from "../../parts/mixtures.ts";
import { perHead } from "../../parts/per-head.ts";
import { meanIndex, tokensOfUnits, unitSpans } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import { SummaryResult } from "../../parts/summaries.ts";
import { defineVariant } from "../../variant.ts";

const gate = (doc: string, value: number, min: number): ReturnType<typeof real> =>
  real(`share of the output ${doc}`, { default: value, min, max: 1 });

const meanBlocks = "A block is compressed to its mean; the source trains an MLP.";
const fixedGates =
  "Gates are parameters that sum to 1, and a branch with nothing to read leaves its share to the others; the source trains a sigmoid for each token.";

/**
 * NSA, native sparse attention: a gated sum of attention over compressed blocks, over the tokens of the blocks that
 * the compressed scores select, and over a sliding window.
 *
 * Yuan et al. 2025, arXiv 2502.11089; code fla-org/native-sparse-attention, which has one size for compressed and
 * selected blocks and always selects the query's own block alone. The paper's definition is followed here. Defaults of
 * section 4.1: compressed blocks of 32 every 16, 16 selected blocks of 64, of which 1 initial and 2 local, window 512.
 * Used in training and prefill as well.
 */
export const nsa = defineVariant({
  name: "nsa",
  family: "dynamic",
  summary: "compressed blocks, the blocks they select and a window, gated (native sparse attention)",
  formula: [
    "p^c = softmax(q . mean(K_block)); o_c = p^c mean(V_block)",
    "score(selected block) = sum of p^c over the compressed blocks in it, by overlap, over the group's heads",
    "o = g_c o_c + g_s attention(top blocks) + g_w attention(window)",
  ].join("\n"),
  sources: [
    {
      title: "Native Sparse Attention: Hardware-Aligned and Natively Trainable Sparse Attention",
      url: "https://arxiv.org/abs/2502.11089",
      where: "section 3.3, equations 5 to 12; section 4.1",
    },
    {
      title: "fla-org/native-sparse-attention",
      url: "https://github.com/fla-org/native-sparse-attention",
      where: "native_sparse_attention/ops/parallel.py",
    },
  ],
  differs: [
    meanBlocks,
    fixedGates,
    "All branches read the same K and V; the source gives each its own.",
    "The paper's definition is followed; the public code of fla-org is block = stride = selectBlock, initial=0 and local=1.",
  ],
  captured: {
    indexK: {
      doc: "keys of the compressed blocks",
      sizes: "(kvHeads, floor((N - block) / stride) + 1, d)",
      shape: ({ kvHeads, tokens, headDim }, { block, stride }) => [
        kvHeads,
        wholeEntries(tokens, block, stride),
        headDim,
      ],
      needs: ["indexV"],
      insteadOf: [meanBlocks],
    },
    indexV: {
      doc: "values of the compressed blocks",
      sizes: "(kvHeads, floor((N - block) / stride) + 1, width of v)",
      shape: ({ kvHeads, tokens, valueDim }, { block, stride }) => [
        kvHeads,
        wholeEntries(tokens, block, stride),
        valueDim,
      ],
      needs: ["indexK"],
    },
    gates: {
      doc: "gates of the compressed blocks, the selected blocks and the window",
      sizes: "(queryHeads, Q, 3)",
      shape: ({ queryHeads, queries }) => [queryHeads, queries, 3],
      insteadOf: [fixedGates],
    },
  },
  params: {
    block: int("tokens in a compressed block", { default: 32, min: 1, sweep: [16, 32, 64] }),
    stride: int("tokens from one compressed block to the next", { default: 16, min: 1, sweep: [8, 16, 32] }),
    selectBlock: int("tokens in a selected block", { default: 64, min: 1, sweep: [32, 64, 128] }),
    selected: int("selected blocks per query, initial and local ones included", {
      default: 16,
      min: 1,
      sweep: [4, 8, 16, 32, 64],
    }),
    initial: int("first blocks that are always selected", { default: 1, min: 0 }),
    local: int("last blocks that are always selected, the query's own included", { default: 2, min: 1 }),
    window: int("last tokens of the window, the query's own included", {
      default: 512,
      min: 1,
      sweep: [128, 512, 2048],
    }),
    gateSelected: gate("from the selected blocks", 0.8, 0),
    gateWindow: gate("from the window, which is never shut", 0.1, 0.001),
    gateCompressed: gate("from the compressed blocks", 0.1, 0),
  },
  prefill: "same",
  budgetParam: "selected",
  small: { block: 8, stride: 4, selectBlock: 16, selected: 5, window: 20 },
  prepare: ({ heads, captured: { indexK, indexV } = {} }, { block, stride }, ops) =>
    heads.map(({ space, keys, values }, h) => {
      if (indexK === undefined || indexV === undefined)
        return {
          keys: meanIndex(keys, block, stride, ops),
          values: meanIndex(values, block, stride, ops),
        };
      return {
        keys: { ...keys, kind: "index" as const, tensor: stored(indexK, space, h) },
        values: { ...values, kind: "index" as const, tensor: stored(indexV, space, h) },
      };
    }),
  attend: ({ queries, cache, index: compressed, ops }, params) =>
    perHead(queries, cache, (read, { space }, h) => {
      const { block, stride, selectBlock, window } = params;
      const entries = read.visible.map((visible) => wholeEntries(visible, block, stride));
      const summaries = { ...read, ...compressed[h]!, visible: entries };
      // the softmax over the entries reads these keys; their scores are used a second time
      const scored = { ...summaries, keys: { ...summaries.keys, rowBytes: 0 } };
      const blocks = selectBlocks(
        { summaries: scored, visible: read.visible, group: queries.group, head: h, space },
        params,
        ops,
      );
      const selected = unitSpans(blocks, selectBlock, read.visible, queries.group);
      const recent = new Spans(read.visible.length, (i, add) =>
        add(Math.max(0, read.visible[i]! - window), read.visible[i]!),
      );
      const results = [
        new SummaryResult(softmaxRead(summaries, ops), { block, stride }),
        softmaxRead({ ...read, spans: selected }, ops),
        softmaxRead({ ...read, spans: recent }, ops),
      ] as const;
      const gates = cache.captured?.gates;
      const { group } = queries;
      if (gates !== undefined)
        return mixed({
          results,
          gates: (i) =>
            [0, 1, 2].map((branch) => gates.get(h * group + (i % group), Math.floor(i / group), branch)),
        });
      return gated([
        { gate: params.gateCompressed, result: results[0] },
        { gate: params.gateSelected, result: results[1] },
        { gate: params.gateWindow, result: results[2] },
      ]);
    }),
  cost(shape, { block, stride, selectBlock, selected, window }) {
    const { tokens, queryHeads } = shape;
    const entries = wholeEntries(tokens, block, stride);
    const rows = tokensOfUnits(tokens, selectBlock, selected) + Math.min(window, tokens);
    return {
      flops: attentionFlops(shape, entries + rows),
      exponentials: (entries + rows) * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: keyValueBytes(shape, Math.ceil(tokens / stride)),
      kvReadBytes: keyValueBytes(shape, rows),
      indexReadBytes: keyValueBytes(shape, entries),
    };
  },
  denseAt: ({ tokens }) => ({ selected: Math.ceil(tokens / 64), window: tokens, gateCompressed: 0 }),
  meanField(crowd, params) {
    const { block: kernel, stride, selectBlock: block, selected, initial, local, window } = params;
    const blocks = Math.ceil(crowd.tokens / block);
    const last = Math.min(crowd.tokens, crowd.tokens - (blocks - local) * block);
    const best = bestBlocks(
      crowd,
      { block, k: selected - initial - local, blocks: blocks - initial - local },
      kernelScores(crowd, { kernel, stride, block, pool: "sum" }),
    );
    return [
      kernelRead(crowd, { kernel, stride, gate: params.gateCompressed }),
      { ...withLast(crowd, best, last), gate: params.gateSelected, ...(initial > 0 && { first: true }) },
      { ...readsEnds(crowd, 0, window), gate: params.gateWindow },
    ];
  },
});
