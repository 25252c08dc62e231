import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { entriesOf, kinds } from "../../src/catalog.ts";
import { reference } from "../../scripts/reference.ts";

const written = readFileSync(new URL("../../docs/reference.md", import.meta.url), "utf8");

it("docs/reference.md is what the entries say; when this fails: npm run docs", async () => {
  expect(written).toBe(await reference());
});

it("has a heading for every entry", () => {
  for (const kind of kinds)
    for (const name of entriesOf(kind).names()) expect(written).toMatch(new RegExp(`^####? ${name}$`, "m"));
});
