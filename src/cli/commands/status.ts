import type { Command } from "@commander-js/extra-typings";
import { statusOf } from "../../runs/cluster/status.ts";
import { planArgument, plannedRun } from "../planned.ts";
import { formatStatus } from "../print/cluster.ts";
import { print } from "../print/print.ts";

/** `attnsim status`: how far the shares of a plan are. */
export default function statusCommand(command: Command): void {
  command
    .argument("<plan>", planArgument)
    .option("--out <folder>", "folder of the results")
    .option("--json", "print the numbers as JSON")
    .action(async (plan, { json, ...options }) => {
      const { run, out } = await plannedRun(plan, options);
      const status = statusOf(run.plan, out);
      print(json ? JSON.stringify({ out, ...status }, null, 2) : formatStatus(status, out));
    });
}
