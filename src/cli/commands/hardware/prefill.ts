import type { Command } from "@commander-js/extra-typings";
import { prefillRows } from "../../../studies/racks/prefill.ts";
import { rackTableOptions } from "../../options/outputs.ts";
import {
  contextOption,
  divisionOptions,
  parallelOption,
  rackOptions,
  readRacks,
} from "../../options/racks.ts";
import { integer, share, tokenCount } from "../../options/values.ts";
import { showRacks, timeLines, machineLines } from "../../print/racks.ts";
import { watch } from "../../print/watch.ts";
import { prefillTable, prefillTitle } from "../../print/prefill.ts";

/** `attnsim hardware prefill`: time of computing a prompt, part by part. */
export default function hardwarePrefillCommand(command: Command): void {
  divisionOptions(contextOption(rackTableOptions(rackOptions(command))))
    .option("--prompts <n>", "prompts computed together", integer(1), 1)
    .option("--cache-hits <share>", "share of each prompt that the cache already holds", share, 0)
    .option(
      "--chunk <tokens>",
      "prompt tokens in a pass, of all prompts together (default: the fastest of 2K to 32K)",
      tokenCount,
    )
    .option("--parallel <spec>", parallelOption)
    .action(async ({ context, prompts, cacheHits, chunk, parallel, ...options }) => {
      const question = {
        ...readRacks({ ...options, context }),
        context,
        prompts,
        cacheHits,
        chunk,
        parallel,
      };
      const rows = prefillRows(question, watch);
      const cached = `the cache already holds ${cacheHits} of each prompt`;
      const assumed = [...machineLines(question), cached, ...timeLines(question)];
      await showRacks({
        rows,
        table: prefillTable,
        assumptions: assumed,
        data: ({ time, ...row }) => ({ ...row, ...(options.explain && { time }) }),
        passes: (row) => [{ title: prefillTitle(row), time: row.time }],
        title: "How long does a prompt take to compute?",
        options,
      });
    });
}
