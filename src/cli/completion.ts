import { RootCommand } from "@bomb.sh/tab";
import type { Command as CompletedCommand, Complete } from "@bomb.sh/tab";
import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { catalog, entriesOf, kinds } from "../catalog.ts";
import { engineNames } from "../engines/registry.ts";

/** Values that may follow an option or argument, by its name. */
const namesFor: Readonly<Record<string, () => readonly string[]>> = {
  variant: () => catalog.variants.names(),
  task: () => catalog.tasks.names(),
  system: () => catalog.systems.names(),
  model: () => catalog.models.names(),
  engine: () => engineNames,
  name: () => kinds.flatMap((kind) => entriesOf(kind).names()),
};

/** The commands, options and names of a program in the form of the completion library. */
export function completer(program: CommandUnknownOpts, current: string): RootCommand {
  const root = new RootCommand();
  addOptions(root, program, current);
  const add = (parent: CommandUnknownOpts, path: readonly string[]): void => {
    for (const command of parent.createHelp().visibleCommands(parent)) {
      const own = [...path, command.name()];
      const completed = root.command(own.join(" "), command.description());
      addOptions(completed, command, current);
      for (const argument of command.registeredArguments)
        completed.argument(
          argument.name(),
          offer(argument.argChoices ?? namesFor[argument.name()]?.() ?? [], current),
          argument.variadic,
        );
      add(command, own);
    }
  };
  add(program, []);
  return root;
}

function addOptions(completed: CompletedCommand, command: CommandUnknownOpts, current: string): void {
  for (const option of command.createHelp().visibleOptions(command)) {
    const name = option.long?.slice(2);
    if (name === undefined) continue;
    const short = option.short?.slice(1);
    if (option.required || option.optional)
      completed.option(
        name,
        option.description,
        offer(option.argChoices ?? namesFor[name]?.() ?? [], current),
        short,
      );
    else completed.option(name, option.description, short);
  }
}

/** Offers names for the last item of a list with commas. */
function offer(names: readonly string[], current: string): (complete: Complete) => void {
  const before = /^(?:.*,)?/.exec(current)?.[0] ?? "";
  return (complete) => {
    for (const name of names) complete(before + name, "");
  };
}

const isFile = (placeholder: string | undefined): boolean =>
  /^(?:file|folder|path|csv)/.test(placeholder ?? "");

const placeholderOf = ({ flags }: Option): string | undefined => /[<[]([^>\]]+)/.exec(flags)?.[1];

/** True if the last word should be a file name, which the shell completes itself. */
export function wantsFile(program: CommandUnknownOpts, words: readonly string[]): boolean {
  const command = words.reduce(
    (found, word) => found.commands.find((inner) => inner.name() === word) ?? found,
    program,
  );
  const previous = words.at(-2) ?? "";
  const option = command.options.find(({ long, short }) => previous === long || previous === short);
  if (option !== undefined) return isFile(placeholderOf(option));
  return !(words.at(-1) ?? "").startsWith("-") && isFile(command.registeredArguments[0]?.name());
}
