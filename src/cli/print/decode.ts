import { formatNumber, formatSeconds } from "../../core/units.ts";
import type { DecodeRow } from "../../studies/racks/decode.ts";
import { formatShortage, orDash, partColumn } from "./racks.ts";
import type { RackTable } from "./racks.ts";

/** Columns of decode steps. */
export const decodeTable: RackTable<DecodeRow> = {
  columns: [
    ["users", ({ users }) => users],
    ["GPUs", ({ gpus }) => gpus],
    ["divided as", ({ parallel }) => parallel],
    ["attention", ({ attentionSeconds }) => orDash(attentionSeconds, formatSeconds)],
    ["feed-forward", ({ feedForwardSeconds }) => orDash(feedForwardSeconds, formatSeconds)],
    ["links", ({ linkSeconds }) => orDash(linkSeconds, formatSeconds)],
    ["output head", ({ headSeconds }) => orDash(headSeconds, formatSeconds)],
    partColumn("waiting", ({ waitSeconds }) => waitSeconds),
    partColumn("drafts", ({ draftSeconds }) => draftSeconds),
    ["step", ({ seconds }) => orDash(seconds, formatSeconds)],
    ["TPOT", ({ tpotSeconds }) => orDash(tpotSeconds, formatSeconds)],
    ["tokens/s/user", (row) => orDash(row.tokensPerSecondPerUser, formatNumber)],
    ["tokens/s/GPU", (row) => orDash(row.tokensPerSecondPerGpu, formatNumber)],
    [
      "users who fit",
      ({ sustainedUsers }) => sustainedUsers ?? "-",
      (rows) => rows.some(({ sustainedUsers }) => sustainedUsers !== null),
    ],
    [
      "their TPOT",
      ({ sustainedTpotSeconds }) => orDash(sustainedTpotSeconds, formatSeconds),
      (rows) => rows.some(({ sustainedUsers }) => sustainedUsers !== null),
    ],
    ["HBM short", ({ shortBytes }) => formatShortage(shortBytes)],
    [
      "host short",
      ({ hostShortBytes }) => formatShortage(hostShortBytes),
      (rows) => rows.some((row) => row.hostShortBytes > 0),
    ],
  ],
  notes: {
    links: "exchanges between GPUs",
    waiting: "for the stage with the most layers",
    step: "the sum of its parts: what runs beside other kernels adds only the time that these do not hide",
    TPOT: "time per output token: a step's time over the tokens that it yields to a user",
    "users who fit": "where those asked for do not fit; -: all fit, or none does",
    "HBM short":
      "memory that weights and caches lack on all GPUs together; what does not fit has no times; -: none",
    "host short": "the same of the host processors' memory",
  },
  measure: ({ tpotSeconds }) => tpotSeconds,
  spare: [
    "output head",
    "waiting",
    "drafts",
    "links",
    "feed-forward",
    "step",
    "GPUs",
    "KV as",
    "tokens/s/GPU",
    "divided as",
    "attention",
    "tokens/s/user",
    "system",
  ],
};

/** Title of a row's times, kernel by kernel. */
export const decodeTitle = ({ names, tokens, users, parallel }: DecodeRow): string =>
  `${names.model} on ${names.system}, ${names.variant}, ${tokens} tokens, ${users} users, ${parallel}`;
