import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import * as all from "../../src/attention/all.ts";
import type { AnyVariant } from "../../src/attention/variant.ts";

const folder = join(import.meta.dirname, "../../src/attention/variants");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);
const listed = new Set<unknown>(Object.values(all));

const exportsOf = async (file: string): Promise<readonly unknown[]> => {
  const module = (await import(pathToFileURL(join(folder, file)).href)) as Readonly<Record<string, unknown>>;
  return Object.values(module);
};

describe.each(files)("attention/variants/%s", (file) => {
  it("exports one variant, of its name and its folder's family, which all.ts lists", async () => {
    const found = await exportsOf(file);
    expect(found).toHaveLength(1);
    expect(readFileSync(join(folder, file), "utf8").match(/^export\b/gm), "types included").toHaveLength(1);
    const { name, family } = found[0] as AnyVariant;
    expect({ name, family }).toEqual({ name: basename(file, ".ts"), family: dirname(file) });
    expect(listed).toContain(found[0]);
  });
});

it("all.ts lists nothing but those files", () => {
  expect(listed.size).toBe(files.length);
});
