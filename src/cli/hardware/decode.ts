import { formatBytes, formatNumber, formatSeconds } from "../../core/units.ts";
import { decodeAssumptions, decodeStep } from "../../hardware/decode.ts";
import { memoryAssumptions, memoryFit } from "../../hardware/memory.ts";
import type { Define } from "../commands.ts";
import { integer } from "../options.ts";
import { list, machineOptions, print, settings, weightLine } from "./settings.ts";

export const define: Define = (command) => {
  machineOptions(command)
    .option("--users <n,...>", "users who share the rack", list(integer(1)), [1, 64, 256])
    .action(({ users, json, ...rest }) => {
      const rows = settings(rest).flatMap(({ system, model, weights, cost, ...facts }) =>
        users.map((count) => ({
          ...facts,
          weights,
          users: count,
          shortBytes: memoryFit(system, model, weights, cost, count).short,
          ...decodeStep({ system, model, weights, kvDtype: facts.kvDtype, users: count }, cost),
        })),
      );
      const titles = [
        ...["users", "HBM", "arithmetic", "link", "step", "tokens/s/user", "tokens/s/GPU", "FLOP/B"],
        "HBM short",
      ];
      const cells = rows.map((row) => [
        row.users,
        formatSeconds(row.hbmSeconds),
        formatSeconds(row.computeSeconds),
        formatSeconds(row.linkSeconds),
        formatSeconds(row.seconds),
        formatNumber(row.tokensPerSecondPerUser),
        formatNumber(row.tokensPerSecondPerGpu),
        formatNumber(row.intensity),
        row.shortBytes > 0 ? formatBytes(row.shortBytes) : "-",
      ]);
      print(json, rows, titles, cells, [weightLine(rest), ...memoryAssumptions, ...decodeAssumptions]);
    });
};
