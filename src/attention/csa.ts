import { flag, int, real } from "../core/params.ts";
import {
  compressedCost,
  entriesOf,
  entriesSeen,
  readCompressed,
  recordParam,
  sinkParam,
  windowParam,
} from "./compressed.ts";
import { rankTokens } from "./lightning.ts";
import { perHead } from "./per-head.ts";
import { defineVariant } from "./variant.ts";

/** Bytes of an index entry: FP4 numbers and a float32 scale for each 128 of them. */
const indexEntryBytes = (indexDim: number): number => indexDim / 2 + 4 * Math.ceil(indexDim / 128);

/**
 * CSA, the compressed sparse attention of DeepSeek-V4: every 4 tokens become an entry, pooled with the 4 before them; a
 * lightning indexer in FP4 selects entries for all heads, which read them, a window of raw tokens and a sink in one softmax.
 *
 * DeepSeek-V4 technical report and model code. Defaults: pool 4, k 1024 as in Pro (512 in Flash), window 128, index
 * dimension 128, records of 584 B and index entries of 68 B. Used in training and prefill as well.
 * Simplified: the source pools by learned softmax weights for each channel; here an entry is the mean of its 8 tokens, the
 * weights it starts from, so that one of eight keys matches. Index keys are a random projection of the entries, as in
 * DSA (dsa.ts), with one index head for each kv head of the reader where the source has 64.
 */
export const csa = defineVariant({
  name: "csa",
  family: "hierarchical",
  summary: "the best of entries that pool 4 + 4 tokens, a raw window and a sink (DeepSeek-V4)",
  formula: [
    "entry i = mean of tokens [(i - 1) m, (i + 1) m), visible at t iff i < floor((t + 1) / m), m = pool",
    "I_i = sum_j w_j ReLU(q_j . e_i) over index heads j, in FP4; S = top-k entries, for all heads",
    "o = sum p v over S and the last `window` tokens, p = softmax over both and the sink",
  ].join("\n"),
  sources: [
    {
      title: "DeepSeek-V4",
      url: "https://huggingface.co/deepseek-ai",
      where: "technical report and inference code: compressed sparse attention",
    },
  ],
  params: {
    pool: int("tokens from one entry to the next", { default: 4, min: 1, max: 1024, sweep: [2, 4, 8, 16] }),
    overlap: flag("whether an entry pools the tokens before its own too", { default: true }),
    k: int("entries read per query", { default: 1024, min: 1, sweep: [128, 256, 512, 1024, 2048] }),
    window: windowParam,
    sink: sinkParam,
    indexHeads: int("index heads", { default: 4, min: 1, max: 64, sweep: [1, 4, 16, 64] }),
    indexDim: int("dimension of an index key, in sixteens", {
      default: 128,
      min: 16,
      max: 1024,
      sweep: [64, 128],
    }),
    indexNoise: real("noise of an index head's query, in units of its norm", {
      default: 0.25,
      min: 0,
      max: 10,
      sweep: [0, 0.25, 0.5, 1, 2],
    }),
    record: recordParam,
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 20, window: 10, indexDim: 32 },
  sinks: true,
  prepare(cache, params, ops) {
    const entries = entriesOf(cache, params, ops);
    const { indexDim } = params;
    const index = rankTokens(
      cache,
      "csa",
      entries.map(({ keys }) => keys.tensor),
      { indexDim, dtype: "nvfp4", rowBytes: indexEntryBytes(indexDim) },
      ops,
    );
    return { entries, index };
  },
  attend(queries, cache, { entries, index }, params, ops) {
    const seen = entriesSeen(
      queries.positions.map((position) => position + 1),
      params.pool,
    );
    const chosen = index.top(queries, seen, params, ops);
    return perHead(queries, cache, (read, _head, h) =>
      readCompressed(read, entries[h]!, { ...params, group: queries.group }, ops, chosen),
    );
  },
  cost(shape, params) {
    const { pool, k, indexHeads, indexDim } = params;
    const entries = Math.floor(shape.tokens / pool);
    const step = compressedCost(shape, params, Math.min(k, entries));
    const indexBytes = entries * indexEntryBytes(indexDim);
    return {
      ...step,
      flops: step.flops + 2 * entries * indexHeads * indexDim,
      indexKeptBytes: indexBytes,
      indexReadBytes: indexBytes,
    };
  },
});
