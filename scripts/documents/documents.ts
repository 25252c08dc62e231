import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { withBlocks } from "./blocks.ts";
import { withOutputs } from "./commands.ts";
import { makers } from "./makers.ts";
import type { RanCommand } from "./outputs.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Documents whose commands run, and whose generated blocks and shown outputs are made. */
export const documentNames: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

/** The documents as they are. */
export const readDocuments = (): Readonly<Record<string, string>> =>
  Object.fromEntries(documentNames.map((name) => [name, readFileSync(join(root, name), "utf8")]));

/** A document with its generated blocks and the outputs that its commands gave just now. */
export async function refreshed(name: string, text: string, ran: readonly RanCommand[]): Promise<string> {
  const outputOf = (command: string): string | undefined =>
    ran.find((one) => one.document === name && one.command === command && !one.help)?.out;
  const made = withOutputs(await withBlocks(text, makers), outputOf);
  return format(made, { ...(await resolveConfig(join(root, name))), filepath: name });
}
