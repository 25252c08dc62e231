import type { Command } from "@commander-js/extra-typings";
import { requestLine } from "../../../deployment/serving.ts";
import { claimFolder } from "../../../runs/claim.ts";
import { writeTables } from "../../../runs/tables.ts";
import { requestTokens } from "../../../studies/racks/serve.ts";
import { paretoResults, runPareto } from "../../../studies/pareto/run.ts";
import { rackTableOptions } from "../../options/outputs.ts";
import { divisionOptions, rackOptions, readRacks } from "../../options/racks.ts";
import { forceOption } from "../../options/results.ts";
import { positive } from "../../options/values.ts";
import { readWorkload, workloadOptions } from "../../options/workload.ts";
import { showRacks } from "../../print/racks.ts";
import { servedColumns, servedData, servedPasses, servingLines } from "../../print/served.ts";
import { watch } from "../../print/watch.ts";
import { printError } from "../../print/print.ts";

/** `attnsim hardware pareto`: plans that no other plan beats in tokens a second of a user and of a GPU. */
export default function hardwareParetoCommand(command: Command): void {
  workloadOptions(divisionOptions(rackTableOptions(rackOptions(command))))
    .option("--ttft <seconds>", "longest time of computing a prompt, when replicas prefill apart", positive)
    .option("--out <folder>", "write every plan as CSV, and the front as a figure")
    .option(...forceOption)
    .action(async ({ out, force, ...options }) => {
      const racks = readRacks(options);
      const question = { ...options, ...racks, workload: readWorkload({ ...options, ...racks }) };
      if (out !== undefined) claimFolder(out, { name: "pareto", config: question, force });
      const found = runPareto(question, watch);
      const rows = found.flatMap(({ names, kvDtype, tokens, longest, weights, swept, engine, front }) =>
        front.map((plan) => ({
          names,
          kvDtype,
          tokens,
          longest,
          weights,
          swept,
          engine,
          batch: plan.served.batch,
          plan,
        })),
      );
      const assumed = [
        requestLine(question.workload),
        ...servingLines(question, requestTokens(question.workload)),
        `batches ${options.batch.join(", ")}; plans divide by powers of two and by the quotients that those leave of the GPUs`,
      ];
      await showRacks({
        rows,
        table: servedColumns,
        assumptions: assumed,
        data: servedData,
        passes: (row) => servedPasses(row, question.workload),
        title: "How fast can a user be served, and how many tokens does a GPU give then?",
        options,
      });
      if (out !== undefined)
        for (const path of await writeTables(out, paretoResults(found, question, assumed))) printError(path);
    });
}
