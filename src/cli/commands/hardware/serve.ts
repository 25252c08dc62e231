import type { Command } from "@commander-js/extra-typings";
import { requestLine } from "../../../deployment/serving.ts";
import { levelHelp, parseLevels } from "../../../hardware/serving/levels.ts";
import { goodputRows, longestOf, meanWorkload, replayRows, traceOf } from "../../../studies/racks/replay.ts";
import type { GoodputRow, ReplayRow } from "../../../studies/racks/replay.ts";
import { requestTokens, serveRows } from "../../../studies/racks/serve.ts";
import type { ServeRow } from "../../../studies/racks/serve.ts";
import { rackTableOptions } from "../../options/outputs.ts";
import { divisionOptions, parallelOption, rackOptions, readRacks } from "../../options/racks.ts";
import { replayOptions } from "../../options/replay.ts";
import { readWorkload, workloadOptions } from "../../options/workload.ts";
import { showRacks } from "../../print/racks.ts";
import { goodputAnswer, replayAnswerOf, replayLines } from "../../print/replay.ts";
import { servedAnswer, servedPasses, servingLines } from "../../print/served.ts";
import { watch } from "../../print/watch.ts";

const notes = `
Each --batch has the steady state of a replica in which that many users ask, wait for their answers and ask again: passes of a
replay (continuous batching, chunked prefill), one cycle long. With --rate or --trace, requests are replayed event by event on
one replica. With --users, that many users ask, wait, think and ask again: a closed loop. --batch is the most sequences in a
replica, of which a replay takes the largest; a request is admitted when its whole cache fits. The division is the one that
gives a GPU the most tokens. A trace is CSV with arrival_s, input_tokens and output_tokens, Azure's or BurstGPT's, or JSONL with
these keys, Mooncake's or Weka's sessions of agents (InferenceX). Blocks of prompts that a trace names are found again in a
prefix cache, the least recently used evicted first.`;

/** `attnsim hardware serve`: time to the first token, tokens a second and prices of serving requests. */
export default function hardwareServeCommand(command: Command): void {
  replayOptions(workloadOptions(divisionOptions(rackTableOptions(rackOptions(command)))))
    .option("--parallel <spec>", parallelOption)
    .option("--apart", "some replicas prefill, others decode")
    .option("--prefill-parallel <spec>", "division of the replicas that prefill, with --apart")
    .option(
      "--slo <levels>",
      `largest rate of a replay that keeps these levels, as ttft-p99=2s,tpot-p99=30ms; allowed: ${levelHelp}`,
      parseLevels,
    )
    .addHelpText("after", notes)
    .action(async (options) => {
      const racks = readRacks(options);
      const question = { ...options, ...racks, workload: readWorkload({ ...options, ...racks }) };
      const { workload, slo: levels } = question;
      if ([options.trace, options.rate, options.users, levels].every((each) => each === undefined)) {
        const rows = serveRows(question);
        const assumptions = [requestLine(workload), ...servingLines(question, requestTokens(workload))];
        const passes = (row: ServeRow) => servedPasses(row, workload);
        await showRacks({ ...servedAnswer, rows, assumptions, passes, options });
        return;
      }
      const trace = traceOf(question);
      const { requests } = trace;
      const assumed = servingLines(question, longestOf(requests));
      const assumptions = [...assumed, ...replayLines(question, trace)];
      const meant = meanWorkload(workload, requests);
      const passes = (row: ReplayRow | GoodputRow) => servedPasses(row, meant);
      if (levels === undefined) {
        const rows = replayRows(question, requests, watch);
        await showRacks({ ...replayAnswerOf(rows), rows, assumptions, passes, options });
        return;
      }
      const rows = goodputRows(question, { requests, levels }, watch);
      await showRacks({ ...goodputAnswer, rows, assumptions, passes, options });
    });
}
