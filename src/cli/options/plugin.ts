import { Option } from "@commander-js/extra-typings";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { loadPlugin } from "../../runs/plugins.ts";
import { append } from "./values.ts";

/** The option for files of the user's own entries; they are loaded before the command acts. */
export function withPlugins(command: CommandUnknownOpts): void {
  command
    .addOption(
      new Option(
        "--plugin <file>",
        "TypeScript or JavaScript file of your own variants, tasks or systems, or YAML of a system or model; again for more",
      ).argParser(append),
    )
    .hook("preAction", async () => {
      for (const file of (command.opts() as { plugin?: readonly string[] }).plugin ?? [])
        await loadPlugin(file);
    });
}
