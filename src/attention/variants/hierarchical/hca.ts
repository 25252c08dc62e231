import { int } from "../../../core/params.ts";
import {
  compressedCost,
  entriesOf,
  notConvex,
  noMeanField,
  readCompressed,
  sinkParam,
  widthParam,
  windowParam,
} from "../../parts/compressed.ts";
import { perHead } from "../../parts/per-head.ts";
import { poolingParam, standInPooling } from "../../parts/pooling.ts";
import { defineVariant } from "../../variant.ts";

/**
 * HCA, the heavily compressed attention of DeepSeek-V4: every 128 tokens become an entry, and all entries are read,
 * with a window of raw tokens and a sink in one softmax.
 *
 * DeepSeek-V4 technical report and model code. Defaults: pool 128, window 128, records of 512 numbers (584 B in FP8). Used in training and
 * prefill as well.
 */
export const hca = defineVariant({
  name: "hca",
  family: "hierarchical",
  summary: "every entry of 128 pooled tokens, a raw window and a sink (DeepSeek-V4)",
  formula: [
    "entry i = mean of those of the tokens [i m, (i + 1) m) that a gate chooses, scaled to their length; m = pool",
    "visible at t iff i < floor((t + 1) / m); a trained gate: where something ends; an untrained one: all alike",
    "o = sum p v over all visible entries and the last `window` tokens, p = softmax over both and the sink",
  ].join("\n"),
  sources: [
    {
      title: "DeepSeek-V4",
      url: "https://huggingface.co/deepseek-ai",
      where: "technical report, section 2.3.2, and inference code",
    },
    {
      title: "huggingface/transformers",
      url: "https://github.com/huggingface/transformers",
      where: "models/deepseek_v4/modular_deepseek_v4.py, DeepseekV4HCACompressor",
    },
  ],
  differs: standInPooling,
  params: {
    pool: int("tokens of an entry", { default: 128, min: 1, sweep: [16, 32, 64, 128] }),
    pooling: poolingParam,
    window: windowParam,
    sink: sinkParam,
    width: widthParam,
  },
  prefill: "same",
  small: { pool: 8, window: 10 },
  sinks: true,
  noMeanField,
  notConvex,
  prepare: (cache, params, ops) => entriesOf(cache, { ...params, overlap: false }, ops),
  attend: ({ queries, cache, index: entries, ops }, params) =>
    perHead(queries, cache, (read, _head, h) =>
      readCompressed(read, entries[h]!, { ...params, group: queries.group }, ops),
    ),
  cost: (shape, params) => compressedCost(shape, params, Math.floor(shape.tokens / params.pool)),
  kernels: { compressed: ({ pool, window }) => ({ pool, window }) },
});
