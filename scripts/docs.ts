import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { referencePages } from "./reference/pages.ts";

const folder = new URL("../docs/reference/", import.meta.url);
const pages = await referencePages();
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (!(file in pages)) rmSync(new URL(file, folder));
for (const [file, page] of Object.entries(pages)) writeFileSync(new URL(file, folder), page);
