import { main } from "./program.ts";

/** A question that one command of attnsim answers. */
export interface CommandExperiment {
  /** the command; also the name of the folder in results/ */
  readonly command: string;
  /** its words for the whole question, and for a part of it that takes a minute */
  readonly full: readonly string[];
  readonly part: readonly string[];
}

/** Runs a command as the program that this script is: with `--full` the whole question; other words go to the command. */
export async function commandExperiment({ command, full, part }: CommandExperiment): Promise<void> {
  const given = process.argv.slice(2);
  const whole = given.includes("--full");
  const own = whole ? [...full, "--out", `results/${command}`] : part;
  process.exitCode = await main([command, ...own, ...given.filter((word) => word !== "--full")]);
}
