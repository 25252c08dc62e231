import type { Command } from "@commander-js/extra-typings";
import { memoryAssumptionsUnder } from "../../../deployment/memory.ts";
import { engineRuleHelp, engineRuleNames } from "../../../hardware/engine-rules/all.ts";
import { usualLimits } from "../../../hardware/memory.ts";
import { memoryRows } from "../../../studies/racks/memory.ts";
import { rackTableOptions } from "../../options/outputs.ts";
import { contextOption, rackOptions, readRacks } from "../../options/racks.ts";
import { integer, oneOf, tokensOrNone } from "../../options/values.ts";
import { machineLines, recordLines, showRacks } from "../../print/racks.ts";
import { memoryTable, formatParts } from "../../print/memory.ts";
import { print } from "../../print/print.ts";

/** `attnsim hardware memory`: cache bytes of a user, and users who fit a GPU and a rack. */
export default function hardwareMemoryCommand(command: Command): void {
  contextOption(rackTableOptions(rackOptions(command)))
    .option("--users <n>", "users for whom missing memory is shown", integer(1), 1)
    .option(
      "--chunk <tokens>",
      "prompt tokens in a pass of a group of GPUs; 0 for GPUs that decode alone",
      tokensOrNone,
      usualLimits.chunkTokens,
    )
    .option("--mtp <n>", "tokens drafted before each step (multi-token prediction)", integer(0), 0)
    .option("--engine-rule <name>", engineRuleHelp, oneOf("engine rule", engineRuleNames))
    .option("--explain", "print every number of each row with its source or formula")
    .action(async ({ users, context, chunk, mtp, engineRule, explain, ...options }) => {
      const limits = { chunkTokens: chunk, draftTokens: mtp };
      const question = { ...readRacks({ ...options, context }), context, users, limits, engineRule };
      const rows = memoryRows(question);
      const assumed = [
        ...machineLines(question),
        ...recordLines(question),
        ...memoryAssumptionsUnder(engineRule),
      ];
      await showRacks({
        rows,
        table: memoryTable(users),
        assumptions: assumed,
        data: ({ parts, ...row }) => ({ ...row, ...(explain && { parts }) }),
        title: "How many users fit?",
        options,
      });
      if (explain && !options.json) for (const row of rows) print(formatParts(row));
    });
}
