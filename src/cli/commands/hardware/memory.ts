import type { Command } from "@commander-js/extra-typings";
import { formatBytes, formatNumber } from "../../../core/units.ts";
import { formatParallel } from "../../../hardware/parallel.ts";
import { gpusOf } from "../../../hardware/parallelism.ts";
import { leastLack, roomiest } from "../../../deployment/choice.ts";
import { weightBytesPerGpu } from "../../../deployment/weights.ts";
import { divisionsOf } from "../../../deployment/division.ts";
import { memoryAssumptions } from "../../../deployment/memory.ts";
import { memoryParts } from "../../../deployment/memory-parts.ts";
import { integer } from "../../options/values.ts";
import { formatTable } from "../../print/table.ts";
import type { Cell } from "../../print/table.ts";
import { undivided } from "../../options/division.ts";
import { machineOptions, print, settings, weightLine } from "../../options/model.ts";

export default function hardwareMemoryCommand(command: Command): void {
  machineOptions(command)
    .option("--users <n>", "say what so many users lack", integer(1), 1)
    .option("--explain", "print every number of each row with what it rests on")
    .action(({ users, json, explain, ...rest }) => {
      const all = settings(rest).map((setting) => {
        const { names, kvDtype, tokens, weights, system } = setting;
        const divisions = divisionsOf(setting, "decode");
        const memory = roomiest(divisions, tokens) ?? undivided(setting);
        const { division, user, hbm, users: usersPerRack } = memory;
        const lack = leastLack(divisions, users, tokens);
        const gpus = gpusOf(division.parallel);
        const row = {
          ...{ names, kvDtype, tokens, weights, parallel: formatParallel(division.parallel), gpus },
          weightBytes: gpus * weightBytesPerGpu(division),
          availableBytes: hbm,
          keptBytes: user.kept,
          indexKeptBytes: user.indexKept,
          stateBytes: user.state,
          hostBytes: user.far,
          usersPerGpu: usersPerRack / system.gpus.value,
          usersPerRack,
          users,
          shortBytes: lack.hbm,
          hostShortBytes: lack.host,
        };
        return { row, parts: memoryParts(memory, { users, lack }) };
      });
      const rows = all.map(({ row }) => row);
      const amount = (bytes: number): string => (bytes > 0 ? formatBytes(bytes) : "-");
      type Row = (typeof rows)[number];
      const columns: readonly (readonly [title: string, cell: (row: Row) => Cell, shown?: boolean])[] = [
        ["divided as", (row) => row.parallel],
        ["weights", (row) => formatBytes(row.weightBytes)],
        ["left", (row) => formatBytes(row.availableBytes)],
        ["KV a user", (row) => formatBytes(row.keptBytes)],
        ["index a user", (row) => amount(row.indexKeptBytes), rows.some((row) => row.indexKeptBytes > 0)],
        ["state a user", (row) => amount(row.stateBytes), rows.some((row) => row.stateBytes > 0)],
        ["host a user", (row) => amount(row.hostBytes), rows.some((row) => row.hostBytes > 0)],
        ["users a GPU", (row) => formatNumber(row.usersPerGpu)],
        ["users a rack", (row) => row.usersPerRack],
        [`short for ${users}`, (row) => amount(row.shortBytes)],
        ["host short", (row) => amount(row.hostShortBytes), rows.some((row) => row.hostShortBytes > 0)],
      ];
      const shown = columns.filter(([, , here = true]) => here);
      const cells = rows.map((row) => shown.map(([, cell]) => cell(row)));
      const printed = all.map(({ row, parts }) => (explain ? { ...row, parts } : row));
      print(
        json,
        printed,
        shown.map(([title]) => title),
        cells,
        [weightLine(rest), ...memoryAssumptions],
      );
      if (!explain || json) return;
      for (const { row, parts } of all) {
        const { names, kvDtype, tokens } = row;
        console.log(
          `\n${names.model}, ${names.variant} in ${kvDtype}, ${tokens} tokens, on ${names.system}:`,
        );
        console.log(
          formatTable(
            ["number", "amount", "rests on"],
            parts.map((part) => [part.part, part.amount, part.how]),
          ),
        );
      }
    });
}
