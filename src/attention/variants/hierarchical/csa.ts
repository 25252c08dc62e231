import { flag, int } from "../../../core/params.ts";
import {
  compressedCost,
  entriesOf,
  entriesSeen,
  notConvex,
  noMeanField,
  readCompressed,
  sinkParam,
  widthParam,
  windowParam,
} from "../../parts/compressed.ts";
import { mxfp4Index } from "../../parts/index-formats.ts";
import { capturedIndex } from "../../parts/captured-index.ts";
import {
  equalWeights,
  indexHeadsParam,
  indexMemory,
  indexNoiseParam,
  indexRows,
} from "../../parts/lightning.ts";
import { perHead } from "../../parts/per-head.ts";
import { poolingParam, standInPooling } from "../../parts/pooling.ts";
import { tokensSeen } from "../../parts/select.ts";
import { defineVariant } from "../../variant.ts";

const standIn = [
  "Index keys are a fixed random projection of the entries; the source pools them by gates of their own and rotates them before rounding.",
  "Index queries are the same projection of the query, with noise for each index head; the source trains them.",
  "There is one index head for each of the reader's 4 kv heads; the source has 64.",
];

/**
 * CSA, the compressed sparse attention of DeepSeek-V4: every 4 tokens become an entry, pooled with the 4 before them.
 * A lightning indexer in MXFP4 selects entries for all heads. These read them, a window of raw tokens and a sink in
 * one softmax.
 *
 * DeepSeek-V4 technical report and model code. Defaults: pool 4, k 1024 as in Pro (512 in Flash), window 128, index
 * dimension 128, records of 512 numbers (584 B in FP8) and index entries of 68 B. Used in training and prefill as well.
 */
export const csa = defineVariant({
  name: "csa",
  family: "hierarchical",
  summary: "the best of entries that pool 4 + 4 tokens, a raw window and a sink (DeepSeek-V4)",
  formula: [
    "entry i = mean of those of the tokens [(i - 1) m, (i + 1) m) that a gate chooses, scaled to their length; m = pool",
    "visible at t iff i < floor((t + 1) / m); a trained gate: where something ends; an untrained one: all alike",
    "I_i = sum_j w_j ReLU(q_j . e_i) over index heads j, both in MXFP4; S = top-k entries, for all heads",
    "o = sum p v over S and the last `window` tokens, p = softmax over both and the sink",
  ].join("\n"),
  sources: [
    {
      title: "DeepSeek-V4",
      url: "https://huggingface.co/deepseek-ai",
      where: "technical report, section 2.3.1, and inference code",
    },
    {
      title: "huggingface/transformers",
      url: "https://github.com/huggingface/transformers",
      where: "models/deepseek_v4/modular_deepseek_v4.py, DeepseekV4CSACompressor",
    },
  ],
  differs: [...standInPooling, ...standIn, equalWeights],
  captured: capturedIndex<{ indexHeads: number; indexDim: number; pool: number }>(
    { sizes: "(1, N / pool, indexDim)", count: ({ tokens }, { pool }) => Math.floor(tokens / pool) },
    { index: standIn, gates: [equalWeights] },
  ),
  params: {
    pool: int("tokens from one entry to the next", { default: 4, min: 1, max: 1024, sweep: [2, 4, 8, 16] }),
    overlap: flag("whether an entry pools the tokens before its own too", { default: true }),
    pooling: poolingParam,
    k: int("entries read per query", { default: 1024, min: 1, sweep: [128, 256, 512, 1024, 2048] }),
    window: windowParam,
    sink: sinkParam,
    indexHeads: indexHeadsParam,
    indexDim: int("dimension of an index key, in blocks of 32 under one scale", {
      default: 128,
      min: 32,
      max: 1024,
      sweep: [64, 128],
    }),
    indexNoise: indexNoiseParam,
    width: widthParam,
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 20, window: 10, indexDim: 32 },
  sinks: true,
  noMeanField,
  notConvex,
  prepare(cache, params, ops) {
    const entries = entriesOf(cache, params, ops);
    const { indexDim } = params;
    const index = indexRows(
      cache,
      {
        name: "csa",
        rows: entries.map(({ keys }) => keys.tensor),
        indexDim,
        format: mxfp4Index,
        unit: params.pool,
      },
      ops,
    );
    return { entries, index };
  },
  attend({ queries, cache, index: { entries, index }, ops }, params) {
    const chosen = index.top(queries, entriesSeen(tokensSeen(queries), params.pool), params, ops);
    return perHead(queries, cache, (read, _head, h) =>
      readCompressed(read, entries[h]!, { ...params, group: queries.group, chosen }, ops),
    );
  },
  cost(shape, params) {
    const { pool, k, indexHeads, indexDim } = params;
    const entries = Math.floor(shape.tokens / pool);
    const step = compressedCost(shape, params, Math.min(k, entries));
    const indexBytes = entries * mxfp4Index.bytes(indexDim);
    return {
      ...step,
      flops: step.flops + 2 * entries * indexHeads * indexDim,
      indexKeptBytes: indexBytes,
      indexReadBytes: indexBytes,
    };
  },
  memory({ tokens, kvHeads, headDim, asked }, { pool, indexDim }) {
    const rows = Math.floor(tokens / pool);
    const { kept, ...index } = indexMemory({ asked }, { rows, indexDim });
    return { ...index, kept: kept + 8 * rows * kvHeads * headDim };
  },
  kernels: {
    compressed: ({ pool, window, k, indexHeads, indexDim }) => ({
      pool,
      window,
      indexer: { heads: indexHeads, headDim: indexDim, read: k },
    }),
  },
});
