import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { entriesOf, kinds } from "../../src/catalog.ts";
import { referencePages } from "../../scripts/reference/pages.ts";

const folder = new URL("../../docs/reference/", import.meta.url);
const written = Object.fromEntries(
  readdirSync(folder).map((file) => [file, readFileSync(new URL(file, folder), "utf8")]),
);

it("docs/reference says what the entries say; when this fails: npm run docs", async () => {
  expect(written).toEqual(await referencePages());
});

it("has a heading for every entry", () => {
  const all = Object.values(written).join("\n");
  for (const kind of kinds)
    for (const name of entriesOf(kind).names()) expect(all).toMatch(new RegExp(`^###? ${name}$`, "m"));
});
