import type { Command } from "@commander-js/extra-typings";
import { memoryAssumptions } from "../../../deployment/memory.ts";
import { memoryRows } from "../../../studies/racks/memory.ts";
import { contextOption, rackOptions, readRacks } from "../../options/racks.ts";
import { integer } from "../../options/values.ts";
import { contextsOf, formatRacks, racksJson, warnOfContext, weightLine } from "../../print/racks.ts";
import { memoryTable, formatParts } from "../../print/memory.ts";

/** `attnsim hardware memory`: cache bytes of a user, and users who fit a GPU and a rack. */
export default function hardwareMemoryCommand(command: Command): void {
  contextOption(rackOptions(command))
    .option("--users <n>", "users for whom missing memory is shown", integer(1), 1)
    .option("--explain", "print every number of each row with its source or formula")
    .action(({ users, context, json, explain, ...options }) => {
      const question = { ...readRacks(options), context, users };
      const rows = memoryRows(question);
      warnOfContext(contextsOf(rows));
      const assumed = [weightLine(question), ...memoryAssumptions];
      if (json) {
        const shown = rows.map(({ parts, ...row }) => ({ ...row, ...(explain && { parts }) }));
        console.log(racksJson(shown, assumed));
        return;
      }
      console.log(formatRacks(rows, memoryTable(users), assumed));
      if (explain) for (const row of rows) console.log(formatParts(row));
    });
}
