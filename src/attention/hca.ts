import { int } from "../core/params.ts";
import {
  compressedCost,
  entriesOf,
  readCompressed,
  recordParam,
  sinkParam,
  windowParam,
} from "./compressed.ts";
import { perHead } from "./per-head.ts";
import { defineVariant } from "./variant.ts";

/**
 * HCA, the heavily compressed attention of DeepSeek-V4: every 128 tokens become an entry, and all entries are read, with a
 * window of raw tokens and a sink in one softmax.
 *
 * DeepSeek-V4 technical report and model code. Defaults: pool 128, window 128, records of 584 B. Used in training and
 * prefill as well.
 * Simplified: the source pools by learned softmax weights for each channel; here an entry is the mean of its tokens, the
 * weights it starts from, in which one of 128 keys drowns.
 */
export const hca = defineVariant({
  name: "hca",
  family: "hierarchical",
  summary: "every entry of 128 pooled tokens, a raw window and a sink (DeepSeek-V4)",
  formula: [
    "entry i = mean of tokens [i m, (i + 1) m), visible at t iff i < floor((t + 1) / m), m = pool",
    "o = sum p v over all visible entries and the last `window` tokens, p = softmax over both and the sink",
  ].join("\n"),
  sources: [
    {
      title: "DeepSeek-V4",
      url: "https://huggingface.co/deepseek-ai",
      where: "technical report and inference code: heavily compressed attention",
    },
  ],
  params: {
    pool: int("tokens of an entry", { default: 128, min: 1, sweep: [16, 32, 64, 128] }),
    window: windowParam,
    sink: sinkParam,
    record: recordParam,
  },
  prefill: "same",
  small: { pool: 8, window: 10 },
  sinks: true,
  prepare: (cache, params, ops) => entriesOf(cache, { ...params, overlap: false }, ops),
  attend: (queries, cache, entries, params, ops) =>
    perHead(queries, cache, (read, _head, h) =>
      readCompressed(read, entries[h]!, { ...params, overlap: false, group: queries.group }, ops),
    ),
  cost: (shape, params) => compressedCost(shape, params, Math.floor(shape.tokens / params.pool)),
});
