import type { Command } from "@commander-js/extra-typings";
import { decodeRows } from "../../../studies/racks/decode.ts";
import { rackTableOptions } from "../../options/outputs.ts";
import {
  contextOption,
  divisionOptions,
  parallelOption,
  rackOptions,
  readRacks,
} from "../../options/racks.ts";
import { integer, list } from "../../options/values.ts";
import { draftOptions, readDrafts } from "../../options/workload.ts";
import { draftLine, machineLines, showRacks, timeLines } from "../../print/racks.ts";
import { watch } from "../../print/watch.ts";
import { decodeTable, decodeTitle } from "../../print/decode.ts";

/** `attnsim hardware decode`: time of a decode step, part by part. */
export default function hardwareDecodeCommand(command: Command): void {
  draftOptions(divisionOptions(contextOption(rackTableOptions(rackOptions(command)))))
    .option("--users <n>", "users who share the GPUs", list(integer(1)), [1, 64, 256])
    .option("--parallel <spec>", parallelOption)
    .action(async ({ users, context, parallel, ...options }) => {
      const question = {
        ...readRacks({ ...options, context }),
        context,
        users,
        parallel,
        drafts: readDrafts(options),
      };
      const rows = decodeRows(question, watch);
      const assumed = [...machineLines(question), draftLine(question.drafts), ...timeLines(question)];
      await showRacks({
        rows,
        table: decodeTable,
        assumptions: assumed,
        data: ({ time, ...row }) => ({ ...row, ...(options.explain && { time }) }),
        passes: (row) => [{ title: decodeTitle(row), time: row.time }],
        title: "How long does a decode step take?",
        options,
      });
    });
}
