/**
 * Runs commands in this one process, each in the folder it names: reads a JSON list of `Asked` from stdin, prints a JSON
 * list of `Ran`. The documents' commands take seconds so, and minutes with a process each.
 */
import { isAbsolute, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { format } from "node:util";
import { pathToFileURL } from "node:url";
import { main } from "../../src/cli/program.ts";
import { importFile } from "../../src/files/load.ts";
import type { Asked, Ran } from "./commands.ts";

let printed = { out: "", err: "" };

/** A stream's `write` that keeps the text. */
const kept = (to: "out" | "err") => (chunk: string | Uint8Array) => {
  printed[to] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
  return true;
};

const print = process.stdout.write.bind(process.stdout);
process.stdout.write = kept("out");
process.stderr.write = kept("err");
console.log = (...values: unknown[]) => (printed.out += `${format(...values)}\n`);
console.error = (...values: unknown[]) => (printed.err += `${format(...values)}\n`);

const exitCode = (): number => Number(process.exitCode ?? 0);

/** Runs a script that reads the command line by itself: an experiment, or a file that the document gives. */
async function script(file: string, words: readonly string[]): Promise<number> {
  const given = process.argv;
  process.argv = [given[0]!, file, ...words];
  process.exitCode = 0;
  if (isAbsolute(file)) await import(`${pathToFileURL(file).href}?${words.join("&")}`);
  else await importFile(resolve(file));
  const code = exitCode();
  [process.argv, process.exitCode] = [given, 0];
  return code;
}

const asked = JSON.parse(await text(process.stdin)) as Asked[];
const ran: Ran[] = [];
for (const { folder, file, words } of asked) {
  printed = { out: "", err: "" };
  process.chdir(folder);
  const code = file === undefined ? await main(words) : await script(file, words);
  ran.push({ code, ...printed });
}
print(JSON.stringify(ran));
