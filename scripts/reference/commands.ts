import { commands } from "../../src/cli/commands/all.ts";
import { program } from "../../src/cli/program.ts";
import { joined, table, textBlock } from "../documents/markdown.ts";

/** docs/reference/commands.md: the help of every command that users see. */
export async function commandsPage(): Promise<string> {
  const shown = commands.filter(({ hidden = false }) => !hidden);
  const root = await program(
    shown.flatMap((command) => [
      command.name,
      ...("commands" in command ? command.commands.map(({ name }) => name) : []),
    ]),
  );
  const leaves = root.commands
    .filter((command) => shown.some(({ name }) => name === command.name()))
    .flatMap((command) => (command.commands.length === 0 ? [command] : [...command.commands]))
    .filter((command) => command.name() !== "help");
  return joined([
    "# Commands",
    table({
      titles: ["command", "summary"],
      rows: leaves.map((command) => [
        `[${pathOf(command)}](#attnsim-${pathOf(command).replaceAll(" ", "-")})`,
        command.description(),
      ]),
    }),
    ...leaves.flatMap((command) => {
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 100 });
      command.outputHelp();
      return [`## attnsim ${pathOf(command)}`, textBlock(help.trim())];
    }),
  ]);
}

interface Named {
  name(): string;
  readonly parent: Named | null;
}

/** The words of a command after `attnsim`. */
const pathOf = (command: Named): string =>
  command.parent === null || command.parent.name() === "attnsim"
    ? command.name()
    : `${command.parent.name()} ${command.name()}`;
