import { Command } from "@commander-js/extra-typings";
import { visible } from "../core/visible.ts";
import { version } from "../version.ts";
import { commands } from "./commands/all.ts";
import type { CommandFile, CommandGroup } from "./commands/all.ts";
import { exitCodeOf } from "./exit.ts";
import { formatExamples, withPlainHelp } from "./help.ts";
import { withPlugins } from "./options/plugin.ts";
import { withSafeCsv } from "./options/results.ts";
import { withWidth } from "./options/width.ts";
import { withWritableOutputs } from "./options/writable.ts";

const examples = `
Examples:
  $ attnsim list variants
  $ attnsim describe quest --tokens 131072
  $ attnsim run --task graphwalks --variant "dense,dsa(k=2048)+fp8" --tokens 4K,16K --trials 5 --out results/local/first
  $ attnsim plot results/local/first/data.csv
  $ attnsim attend --variant "quest(budget=512)" --q q.npy --k k.npy --v v.npy --out out.npy

Exit codes: 0 fine, 1 failed, 2 wrong usage, 130 interrupted.`;

/** Builds the program. Commands named in `words` get their options; others get their name and summary alone. */
export async function program(words: readonly string[]): Promise<Command> {
  const root = new Command("attnsim")
    .description(
      "Long-context attention simulator: how well attention variants find facts, and what they cost",
    )
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(visible(text)) })
    .addHelpText("after", examples);
  for (const command of commands) await add(root, command, words);
  return root;
}

/** Adds a command. If `words` names it, its options or its own commands are added too. */
async function add(
  parent: Command,
  entry: CommandFile | CommandGroup,
  words: readonly string[],
): Promise<void> {
  const { name, summary, hidden = false } = entry;
  const command = parent.command(name, { hidden }).description(summary);
  if (!words.includes(name)) return;
  if ("commands" in entry) for (const inner of entry.commands) await add(command, inner, words);
  else {
    (await entry.load()).default(command);
    withPlugins(command);
    withWidth(command);
    withSafeCsv(command);
    withWritableOutputs(command);
    withPlainHelp(command);
    if (entry.examples !== undefined) command.addHelpText("after", formatExamples(entry.examples));
  }
}

/**
 * Runs the words of a command line, without node and script. Returns the exit code: 0 fine, 1 failed, 2 wrong usage,
 * 130 interrupted.
 */
export const main = (words: readonly string[]): Promise<number> =>
  exitCodeOf(async () => (await program(words)).parseAsync(words, { from: "user" }));
