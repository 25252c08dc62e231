import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { withBlocks } from "./blocks.ts";
import { withOutputs } from "./commands.ts";
import { helpers, makers } from "./makers.ts";
import { startOutput, startPlan } from "./start.ts";
import { runCommands } from "./outputs.ts";
import type { RanCommand } from "./outputs.ts";

const startCommand = "npm ci && npm start";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Documents whose commands run, and whose generated blocks and shown outputs are made. */
const documentNames: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "experiments/README.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

/** The documents as they are. */
export const readDocuments = (): Readonly<Record<string, string>> =>
  Object.fromEntries(documentNames.map((name) => [name, readFileSync(join(root, name), "utf8")]));

/**
 * Runs the commands that generated blocks are made of, then those of the documents: a plugin that one of them loads would
 * change the trials of all that follow.
 */
export const runDocuments = (documents: Readonly<Record<string, string>>): Promise<RanCommand[]> =>
  runCommands({ "generated blocks": ["```sh", ...helpers, "```"].join("\n"), ...documents });

/** A document with its generated blocks and the outputs that its commands gave just now. */
export async function refreshed(name: string, text: string, ran: readonly RanCommand[]): Promise<string> {
  const outOf = (command: string): string | undefined =>
    ran.find((one) => one.command === command && !one.help)?.out;
  const outputOf = (command: string): string | undefined =>
    command === startCommand ? startOutput(outOf(startPlan)!) : outOf(command);
  const made = withOutputs(await withBlocks(text, makers, (command) => outOf(command)!), outputOf);
  return format(made, { ...(await resolveConfig(join(root, name))), filepath: name });
}
