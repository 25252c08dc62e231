import type { Command } from "@commander-js/extra-typings";
import { formatBytes, formatNumber } from "../../../core/units.ts";
import { memoryAssumptions } from "../../../deployment/memory.ts";
import { memoryRows } from "../../../studies/racks/memory.ts";
import type { MemoryRow } from "../../../studies/racks/memory.ts";
import { contextOption, rackOptions, readRacks } from "../../options/racks.ts";
import { integer } from "../../options/values.ts";
import {
  contextsOf,
  formatRacks,
  formatShortage,
  racksJson,
  warnOfContext,
  weightLine,
} from "../../print/racks.ts";
import type { RackColumn } from "../../print/racks.ts";
import { formatTable } from "../../print/table.ts";

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
      console.log(formatRacks(rows, columnsFor(users), assumed));
      if (explain) for (const row of rows) console.log(explained(row));
    });
}

const columnsFor = (users: number): readonly RackColumn<MemoryRow>[] => [
  ["divided as", (row) => row.parallel],
  ["weights", (row) => formatBytes(row.weightBytes)],
  ["left", (row) => formatBytes(row.availableBytes)],
  ["KV a user", (row) => formatBytes(row.keptBytes)],
  [
    "index a user",
    (row) => formatShortage(row.indexKeptBytes),
    (rows) => rows.some((row) => row.indexKeptBytes > 0),
  ],
  ["state a user", (row) => formatShortage(row.stateBytes), (rows) => rows.some((row) => row.stateBytes > 0)],
  ["host a user", (row) => formatShortage(row.hostBytes), (rows) => rows.some((row) => row.hostBytes > 0)],
  ["users a GPU", (row) => formatNumber(row.usersPerGpu)],
  ["users a rack", (row) => row.usersPerRack],
  [`short for ${users}`, (row) => formatShortage(row.shortBytes)],
  [
    "host short",
    (row) => formatShortage(row.hostShortBytes),
    (rows) => rows.some((row) => row.hostShortBytes > 0),
  ],
];

function explained({ names, kvDtype, tokens, parts }: MemoryRow): string {
  const cells = parts.map(({ part, amount: size, how }) => [part, size, how]);
  const title = `${names.model}, ${names.variant} in ${kvDtype}, ${tokens} tokens, on ${names.system}:`;
  return `\n${title}\n${formatTable(["number", "amount", "rests on"], cells)}`;
}
