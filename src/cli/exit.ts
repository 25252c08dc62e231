import { inspect } from "node:util";
import { CommanderError } from "@commander-js/extra-typings";
import { UsageError } from "../core/errors.ts";
import { Unfinished } from "../runs/unfinished.ts";
import { printError } from "./print/print.ts";

/**
 * Runs a program and prints on stderr why it failed. Returns its exit code: 0 fine, 1 failed, 2 wrong usage,
 * 130 interrupted.
 */
export async function exitCodeOf(work: () => Promise<unknown>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Unfinished) for (const trial of error.failed) printError(`failed: ${trial}`);
    const message = error instanceof Error ? error.message : String(error);
    printError(process.env["ATTNSIM_DEBUG"] ? inspect(error) : `error: ${message}`);
    if (error instanceof Unfinished && error.interrupted) return 130;
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Ends the process quietly when the pipe closes early, as in `attnsim list | head -1`. */
export function allowClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  // nobody reads the messages any more: the work goes on
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
