import type { Command } from "@commander-js/extra-typings";
import { collectShares } from "../../runs/cluster/collect.ts";
import { readManifest } from "../../runs/manifest.ts";
import { writeParquet } from "../../runs/parquet.ts";
import { forceOption, parquetOption } from "../options/results.ts";
import { planArgument, plannedRun } from "../planned.ts";
import { present } from "../present.ts";

/** `attnsim collect`: the rows of all shares as one CSV, with figures and tables. */
export default function collectCommand(command: Command): void {
  command
    .argument("<plan>", planArgument)
    .option("--out <folder>", "folder of the results")
    .option(...forceOption)
    .option(...parquetOption)
    .option("--json", "print the summary as JSON")
    .action(async (plan, { json, force, parquet, ...options }) => {
      const { run, out } = await plannedRun(plan, options);
      const before = readManifest(out);
      const outcome = await collectShares(run, { out, force });
      if (parquet) writeParquet(out);
      await present(run, outcome, { out, json, before });
    });
}
