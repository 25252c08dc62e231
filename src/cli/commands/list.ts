import type { Command } from "@commander-js/extra-typings";
import { Argument } from "@commander-js/extra-typings";
import { catalog, entriesOf, kinds } from "../../catalog.ts";
import type { Entry } from "../../core/entry.ts";
import { listEngines } from "../../engines/registry.ts";
import { constantSets } from "../../hardware/constants/sets/all.ts";
import { formatTable } from "../print/table.ts";
import { unreadLines } from "../print/unread.ts";
import { print } from "../print/print.ts";

interface Line {
  readonly name: string;
  readonly summary: string;
  readonly family?: string;
}

const lists: Readonly<Record<string, () => Promise<readonly Line[]>>> = {
  ...Object.fromEntries(kinds.map((kind) => [kind, () => Promise.resolve([...entriesOf(kind)])])),
  engines: listEngines,
  constants: () => Promise.resolve([...constantSets]),
};

const machines: Readonly<Record<string, readonly Entry[]>> = {
  systems: [...catalog.systems],
  models: [...catalog.models],
};

/** `attnsim list`: names and summaries of all entries. */
export default function listCommand(command: Command): void {
  command
    .addArgument(new Argument("[kind]", "kind to list (default: everything)").choices(Object.keys(lists)))
    .option("--json", "print JSON")
    .action(async (kind, { json }) => {
      const wanted = Object.entries(lists).filter(([name]) => kind === undefined || kind === name);
      const found = await Promise.all(
        wanted.map(async ([name, load]) => [name, (await load()).map(lineOf)] as const),
      );
      if (json) {
        print(JSON.stringify(Object.fromEntries(found), null, 2));
        return;
      }
      const unread = unreadLines(wanted.flatMap(([name]) => machines[name] ?? []));
      print([...found.map(([name, lines]) => tableOf(name, lines)), ...unread].join("\n\n"));
    });
}

const lineOf = ({ name, summary, family }: Line): Line => ({
  name,
  ...(family !== undefined && { family }),
  summary,
});

const tableOf = (kind: string, lines: readonly Line[]): string =>
  lines.some(({ family }) => family !== undefined)
    ? formatTable(
        [kind, "family", "summary"],
        lines.map(({ name, family, summary }) => [name, family ?? "", summary]),
      )
    : formatTable(
        [kind, "summary"],
        lines.map(({ name, summary }) => [name, summary]),
      );
