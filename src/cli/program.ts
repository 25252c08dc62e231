import { Command, CommanderError } from "@commander-js/extra-typings";
import { UsageError } from "../core/errors.ts";
import { version } from "../version.ts";
import { commands } from "./commands.ts";

const examples = `
Examples:
  $ attnsim list variants
  $ attnsim describe quest --tokens 131072
  $ attnsim run --task graphwalks --variants "dense,dsa(k=2048)+fp8" --lengths 4K,16K --trials 5 --out results/local/first
  $ attnsim plot results/local/first/data.csv
  $ attnsim attend --variant "quest(budget=512)" --q q.npy --k k.npy --v v.npy --out out.npy

Exit codes: 0 fine, 1 failed, 2 wrong usage.`;

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
  for (const { name, summary, load } of commands) {
    const command = root.command(name).description(summary);
    if (words.includes(name)) (await load()).define(command);
  }
  return root;
}

/** Runs a command line, without node and script. Returns the exit code: 0 fine, 1 failed, 2 wrong usage. */
export async function main(words: readonly string[]): Promise<number> {
  try {
    await (await program(words)).parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (process.env["ATTNSIM_DEBUG"]) console.error(error);
    else console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}
