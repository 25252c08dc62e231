import { formatNumber, formatSeconds } from "../../core/units.ts";
import type { PrefillRow } from "../../studies/racks/prefill.ts";
import { formatShortage, orDash, partColumn } from "./racks.ts";
import type { RackTable } from "./racks.ts";

/** Columns of prefills. */
export const prefillTable: RackTable<PrefillRow> = {
  columns: [
    ["prompts", ({ prompts }) => prompts],
    ["GPUs", ({ gpus }) => gpus],
    ["divided as", ({ parallel }) => parallel],
    ["passes", ({ passes }) => passes],
    ["chunk", ({ chunkTokens }) => chunkTokens],
    ["attention", ({ attentionSeconds }) => orDash(attentionSeconds, formatSeconds)],
    ["feed-forward", ({ feedForwardSeconds }) => orDash(feedForwardSeconds, formatSeconds)],
    ["links", ({ linkSeconds }) => orDash(linkSeconds, formatSeconds)],
    partColumn("output head", ({ headSeconds }) => headSeconds),
    partColumn("waiting", ({ waitSeconds }) => waitSeconds),
    ["prefill", ({ seconds }) => orDash(seconds, formatSeconds)],
    ["input tokens/s/GPU", (row) => orDash(row.inputTokensPerSecondPerGpu, formatNumber)],
    ["PFLOP/s/GPU", (row) => orDash(row.flopsPerSecondPerGpu, (rate) => formatNumber(rate / 1e15))],
    ["HBM short", ({ shortBytes }) => formatShortage(shortBytes)],
    [
      "host short",
      ({ hostShortBytes }) => formatShortage(hostShortBytes),
      (rows) => rows.some((row) => row.hostShortBytes > 0),
    ],
  ],
  notes: {
    links: "exchanges between GPUs",
    "HBM short":
      "memory that weights and caches lack on all GPUs together; what does not fit has no times; -: none",
    "host short": "the same of the host processors' memory",
  },
  measure: ({ seconds }) => seconds,
  spare: [
    "output head",
    "links",
    "waiting",
    "feed-forward",
    "passes",
    "chunk",
    "PFLOP/s/GPU",
    "GPUs",
    "KV as",
    "prompts",
    "divided as",
    "attention",
    "input tokens/s/GPU",
    "system",
  ],
};

/** Title of a row's times, kernel by kernel. */
export const prefillTitle = ({ names, tokens, parallel }: PrefillRow): string =>
  `${names.model} on ${names.system}, ${names.variant}, ${tokens} tokens, ${parallel}`;
