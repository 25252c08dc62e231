import { catalog } from "../../catalog.ts";
import { Registry } from "../../core/entry.ts";
import type { Define } from "../commands.ts";
import { quantityFacts } from "../entry-facts.ts";
import { formatTable } from "../table.ts";

const machines = new Registry("system or model", [...catalog.systems, ...catalog.models]);

export const define: Define = (command) => {
  command
    .argument("<name>", machines.names().join(", "))
    .option("--json", "print JSON")
    .action((name, { json }) => {
      const entry = machines.get(name);
      const { titles, rows } = quantityFacts(entry);
      console.log(
        json
          ? JSON.stringify(entry, null, 2)
          : `${entry.name}: ${entry.summary}\n\n${formatTable(titles, rows)}`,
      );
    });
};
