import { Option } from "@commander-js/extra-typings";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { loadPlugin } from "../../runs/plugins.ts";
import { collect } from "./values.ts";

/** Adds the option for files with the user's own entries. They are loaded before the command runs. */
export function withPlugins(command: CommandUnknownOpts): void {
  command
    .addOption(
      new Option(
        "--plugin <file>",
        "TypeScript or JavaScript file with your own variants, tasks or systems, or YAML of a system or model; more with commas or again",
      ).argParser(collect),
    )
    .hook("preAction", async () => {
      for (const file of (command.opts() as { plugin?: readonly string[] }).plugin ?? [])
        await loadPlugin(file);
    });
}
