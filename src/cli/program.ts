import { Command } from "@commander-js/extra-typings";
import { version } from "../version.ts";
import { commands } from "./commands/all.ts";
import { exitCodeOf } from "./exit.ts";
import { withPlugins } from "./options/plugin.ts";

const examples = `
Examples:
  $ attnsim list variants
  $ attnsim describe quest --tokens 131072
  $ attnsim run --task graphwalks --variant "dense,dsa(k=2048)+fp8" --tokens 4K,16K --trials 5 --out results/local/first
  $ attnsim plot results/local/first/data.csv
  $ attnsim attend --variant "quest(budget=512)" --q q.npy --k k.npy --v v.npy --out out.npy

Exit codes: 0 fine, 1 failed, 2 wrong usage, 130 interrupted.`;

/** The program with the options of the commands that `words` names; of the others, name and summary alone. */
export async function program(words: readonly string[]): Promise<Command> {
  const root = new Command("attnsim")
    .description(
      "Long-context attention simulator: how well attention variants find facts, and what they cost",
    )
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText("after", examples);
  for (const { name, summary, hidden = false, load } of commands) {
    const command = root.command(name, { hidden }).description(summary);
    if (!words.includes(name)) continue;
    (await load()).define(command);
    for (const leaf of command.commands.length > 0 ? command.commands : [command]) withPlugins(leaf);
  }
  return root;
}

/**
 * Runs a command line, without node and script. Returns the exit code: 0 fine, 1 failed, 2 wrong usage,
 * 130 interrupted.
 */
export const main = (words: readonly string[]): Promise<number> =>
  exitCodeOf(async () => (await program(words)).parseAsync(words, { from: "user" }));
