import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readDocuments, refreshed, runDocuments } from "./documents/documents.ts";
import { referencePages } from "./reference/pages.ts";

const root = new URL("../", import.meta.url);

const folder = new URL("docs/reference/", root);
const pages = await referencePages();
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (!(file in pages)) rmSync(new URL(file, folder));
for (const [file, page] of Object.entries(pages)) writeFileSync(new URL(file, folder), page);

const documents = readDocuments();
const ran = await runDocuments(documents);
for (const { document, command, code, err } of ran)
  if (code !== 0) console.error(`${document}: ${command}: exit code ${code}: ${err}`);
for (const [name, text] of Object.entries(documents))
  writeFileSync(new URL(name, root), await refreshed(name, text, ran));
