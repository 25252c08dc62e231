import type { Command } from "@commander-js/extra-typings";
import { catalog } from "../../../catalog.ts";
import { Registry } from "../../../core/entry.ts";
import type { Entry } from "../../../core/entry.ts";
import { isDataFile, readMachine } from "../../../files/machines.ts";
import { quantitiesOf } from "../../../hardware/quantities.ts";
import { writeRows } from "../../../runs/write-rows.ts";
import { outputOptions } from "../../options/outputs.ts";
import { quantityFacts } from "../../print/facts.ts";
import { formatTable } from "../../print/table.ts";
import { unreadLines } from "../../print/unread.ts";
import { print } from "../../print/print.ts";

/** The system or model with a name, or in a file. @throws UsageError when there is none */
const machineNamed = (name: string): Entry =>
  isDataFile(name)
    ? readMachine(name)
    : new Registry<Entry>("system or model", [...catalog.systems, ...catalog.models]).get(name);

/** `attnsim hardware show`: every number of a system or model, with its source. */
export default function hardwareShowCommand(command: Command): void {
  outputOptions(command)
    .argument(
      "<name>",
      `a file of your own (my-rack.yaml, config.json), or ${[...catalog.systems.names(), ...catalog.models.names()].join(", ")}`,
    )
    .option("--json", "print JSON")
    .action(async (name, { json, ...files }) => {
      const entry = machineNamed(name);
      const { titles, rows } = quantityFacts(entry);
      print(
        json
          ? JSON.stringify(entry, null, 2)
          : [`${entry.name}: ${entry.summary}`, formatTable(titles, rows), ...unreadLines([entry])].join(
              "\n\n",
            ),
      );
      const quantities = quantitiesOf(entry).map(([quantity, { value, unit, source }]) => ({
        quantity,
        value,
        unit,
        source: source.title,
      }));
      await writeRows(quantities, entry.summary, files);
    });
}
