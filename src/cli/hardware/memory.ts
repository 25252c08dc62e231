import { formatBytes, formatNumber } from "../../core/units.ts";
import { memoryAssumptions, memoryFit } from "../../hardware/memory.ts";
import type { Define } from "../commands.ts";
import { integer } from "../options.ts";
import { machineOptions, print, settings, weightLine } from "./settings.ts";

export const define: Define = (command) => {
  machineOptions(command)
    .option("--users <n>", "say what so many users lack", integer(1), 1)
    .action(({ users, json, ...rest }) => {
      const rows = settings(rest).map(({ system, model, weights, cost, ...facts }) => {
        const { user, available, usersPerRack, usersPerGpu, short } = memoryFit(
          system,
          model,
          weights,
          cost,
          users,
        );
        const bytes = { keptBytes: user.kept, indexKeptBytes: user.indexKept, availableBytes: available };
        return { ...facts, weights, ...bytes, usersPerGpu, usersPerRack, users, shortBytes: short };
      });
      const titles = ["KV a user", "index a user", "users a GPU", "users a rack", `short for ${users}`];
      const cells = rows.map((row) => [
        formatBytes(row.keptBytes),
        formatBytes(row.indexKeptBytes),
        formatNumber(row.usersPerGpu),
        row.usersPerRack,
        row.shortBytes > 0 ? formatBytes(row.shortBytes) : "-",
      ]);
      print(json, rows, titles, cells, [weightLine(rest), ...memoryAssumptions]);
    });
};
