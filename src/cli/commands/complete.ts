import { ShellCompDirective } from "@bomb.sh/tab";
import type { Command } from "@commander-js/extra-typings";
import { completer, wantsFile } from "../completion.ts";
import { print } from "../print/print.ts";

/** `attnsim complete -- words...`: prints words that may replace the last one. Shells call it. */
export default function completeCommand(command: Command): void {
  command.argument("[words...]", "command line so far; the last word is completed").action((words) => {
    if (command.parent === null) return;
    if (wantsFile(command.parent, words)) print(`:${ShellCompDirective.ShellCompDirectiveDefault}`);
    else completer(command.parent, words.at(-1) ?? "").parse([...words]);
  });
}
