import { ShellCompDirective } from "@bomb.sh/tab";
import type { Command } from "@commander-js/extra-typings";
import { completer, wantsFile } from "../completion.ts";

/** `attnsim complete -- words...`: words that may stand in place of the last one; shells call it. */
export default function completeCommand(command: Command): void {
  command.argument("[words...]", "the command line so far, the word to complete last").action((words) => {
    if (command.parent === null) return;
    if (wantsFile(command.parent, words)) console.log(`:${ShellCompDirective.ShellCompDirectiveDefault}`);
    else completer(command.parent, words.at(-1) ?? "").parse([...words]);
  });
}
