import type { Command } from "@commander-js/extra-typings";
import { savePlan } from "../../runs/cluster/plan-file.ts";
import { chooseShare, nameOfShare, parseShare, trialsOfShare } from "../../runs/cluster/share.ts";
import { workShare } from "../../runs/cluster/work.ts";
import { finishedRows } from "../../runs/unfinished.ts";
import { integer } from "../options/values.ts";
import { workerOptions } from "../options/workers.ts";
import { planArgument, plannedRun } from "../planned.ts";
import { watchTrials } from "../print/watch.ts";
import { print } from "../print/print.ts";

const help = `
In a job array of Slurm the share is that of SLURM_ARRAY_TASK_ID, in an indexed job of Kubernetes that of
JOB_COMPLETION_INDEX. Finished trials are kept however the process ends; the same command again runs the rest.`;

/** `attnsim work`: one share of a plan, with a journal of its own. */
export default function workCommand(command: Command): void {
  command
    .argument("<plan>", planArgument)
    .option("--share <i/n>", "share number i of n, from 1: 3/16", parseShare)
    .option(
      "--submission <n>",
      "number of the submission whose shares are meant (default: of the whole plan)",
      integer(1),
    )
    .option(...workerOptions.workers)
    .option(...workerOptions.threads)
    .option(...workerOptions.memoryGb)
    .option("--out <folder>", "folder of the results, which all shares write to")
    .option("--skip-impossible", "leave out tasks at lengths, and variants, that cannot be had")
    .addHelpText("after", help)
    .action(async (argument, { workers, threads, memoryGb, ...options }) => {
      const { run, out } = await plannedRun(argument, options);
      savePlan(out, run);
      const share = chooseShare(out, options);
      const trials = trialsOfShare(out, run.plan.trials, share);
      const memoryBytes = memoryGb === undefined ? undefined : memoryGb * 1e9;
      const name = `share ${nameOfShare(share)}`;
      const outcome = await watchTrials(name, trials.length, (hooks) =>
        workShare(run.plan, { out, share, workers, threads, memoryBytes, ...hooks }),
      );
      print(`${name}: ${outcome.rows.length} of ${outcome.planned} trials in ${out}`);
      finishedRows(outcome);
    });
}
