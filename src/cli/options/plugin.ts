import { Option } from "@commander-js/extra-typings";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
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
      const { plugin: files = [] } = command.opts() as { plugin?: readonly string[] };
      if (files.length === 0) return;
      // it knows the whole catalog, which `--help` does without
      const { loadPlugin } = await import("../../runs/plugins.ts");
      for (const file of files) await loadPlugin(file);
    });
}
