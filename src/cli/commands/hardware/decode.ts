import type { Command } from "@commander-js/extra-typings";
import { formatNumber, formatSeconds } from "../../../core/units.ts";
import { decodeRows } from "../../../studies/racks/decode.ts";
import type { DecodeRow } from "../../../studies/racks/decode.ts";
import {
  contextOption,
  divisionOptions,
  parallelOption,
  rackOptions,
  readRacks,
} from "../../options/racks.ts";
import { integer, list } from "../../options/values.ts";
import { draftOptions, readDrafts } from "../../options/workload.ts";
import {
  contextsOf,
  draftLine,
  formatRacks,
  formatShortage,
  formatTimes,
  orDash,
  racksJson,
  timeLines,
  warnOfContext,
  weightLine,
} from "../../print/racks.ts";
import type { RackColumn } from "../../print/racks.ts";
import { watch } from "../../print/watch.ts";

/** `attnsim hardware decode`: time of a decode step, part by part. */
export default function hardwareDecodeCommand(command: Command): void {
  draftOptions(divisionOptions(contextOption(rackOptions(command))))
    .option("--users <n>", "users who share the GPUs", list(integer(1)), [1, 64, 256])
    .option("--parallel <spec>", parallelOption)
    .action(({ users, context, parallel, json, explain, ...options }) => {
      const question = { ...readRacks(options), context, users, parallel, drafts: readDrafts(options) };
      const rows = decodeRows(question, watch);
      warnOfContext(contextsOf(rows));
      const assumed = [weightLine(question), draftLine(question.drafts), ...timeLines(question)];
      if (json) {
        const shown = rows.map(({ time, ...row }) => ({ ...row, ...(explain && { time }) }));
        console.log(racksJson(shown, assumed));
        return;
      }
      console.log(formatRacks(rows, columns, assumed));
      if (explain) console.log(formatTimes(rows.map((row) => ({ title: titleOf(row), time: row.time }))));
    });
}

const columns: readonly RackColumn<DecodeRow>[] = [
  ["users", ({ users }) => users],
  ["GPUs", ({ gpus }) => gpus],
  ["divided as", ({ parallel }) => parallel],
  ["attention", ({ attentionSeconds }) => orDash(attentionSeconds, formatSeconds)],
  ["feed-forward", ({ feedForwardSeconds }) => orDash(feedForwardSeconds, formatSeconds)],
  ["links", ({ linkSeconds }) => orDash(linkSeconds, formatSeconds)],
  ["step", ({ seconds }) => orDash(seconds, formatSeconds)],
  ["TPOT", ({ tpotSeconds }) => orDash(tpotSeconds, formatSeconds)],
  ["tokens/s/user", (row) => orDash(row.tokensPerSecondPerUser, formatNumber)],
  ["tokens/s/GPU", (row) => orDash(row.tokensPerSecondPerGpu, formatNumber)],
  ["HBM short", ({ shortBytes }) => formatShortage(shortBytes)],
  [
    "host short",
    ({ hostShortBytes }) => formatShortage(hostShortBytes),
    (rows) => rows.some((row) => row.hostShortBytes > 0),
  ],
];

const titleOf = ({ names, tokens, users, parallel }: DecodeRow): string =>
  `${names.model} on ${names.system}, ${names.variant}, ${tokens} tokens, ${users} users, ${parallel}`;
