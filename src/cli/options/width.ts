import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { setWide } from "../print/width.ts";

/** Adds the option for tables that are wider than the terminal. */
export function withWidth(command: CommandUnknownOpts): void {
  command
    .option("--wide", "print tables with all columns, also where the terminal is narrower")
    .hook("preAction", () => {
      setWide(command.getOptionValue("wide") === true);
      // no part of what is asked
      command.setOptionValue("wide", undefined);
    });
}
