import type { Command } from "@commander-js/extra-typings";
import { listEngines } from "../../engines/registry.ts";
import { formatTable } from "../print/table.ts";
import { print } from "../print/print.ts";

/** `attnsim engines`: numeric engines, and why some are not usable here. */
export default function enginesCommand(command: Command): void {
  command.option("--json", "print JSON").action(async ({ json }) => {
    const engines = await listEngines();
    if (json) {
      print(JSON.stringify(engines, null, 2));
      return;
    }
    const rows = engines.map(({ name, usable, version = "", summary }) => [
      name,
      usable ? "yes" : "no",
      version,
      summary,
    ]);
    const remarks = engines
      .map(({ name, usable, reason = "", note = "" }) => ({ name, remark: usable ? note : reason }))
      .filter(({ remark }) => remark !== "")
      .map(({ name, remark }) => `\n${name}: ${remark}`);
    print([formatTable(["engine", "usable", "version", "summary"], rows), ...remarks].join("\n"));
  });
}
